/**
 * What pages are made of: presentational React, without data and without state of its own beyond a copied word or an
 * open menu. Everything works without JavaScript and in both colour schemes. `/ui` shows each in every state.
 */
export { Badge, type Tone } from "./badge.tsx";
export { type BarSeries, Bars } from "./bars.tsx";
export { Button, ButtonLink } from "./button.tsx";
export { Card } from "./card.tsx";
export { Choice } from "./choice.tsx";
export { CodeBlock } from "./code-block.tsx";
export { Confirm } from "./confirm.tsx";
export { CopyButton } from "./copy-button.tsx";
export { CopyField } from "./copy-field.tsx";
export { Empty, Trouble } from "./empty.tsx";
export { Face } from "./face.tsx";
export { CONTROL, FileField, Select, TextArea, TextField } from "./field.tsx";
export { FilterSelect, Filters } from "./filters.tsx";
export { Menu } from "./menu.tsx";
export { Meter } from "./meter.tsx";
export { Notice } from "./notice.tsx";
export { PageHeader } from "./page-header.tsx";
export { Pager } from "./pager.tsx";
export { PostForm } from "./post-form.tsx";
export { Stat } from "./stat.tsx";
export { Table } from "./table.tsx";
export { Day, Moment } from "./time.tsx";
