import { type ReactNode, useId } from "react";

export const CONTROL =
  "h-9 min-w-0 rounded-lg border border-line bg-page px-3 text-sm placeholder:text-quiet aria-invalid:border-danger";

type Named = { label: string; hint?: ReactNode; error?: string | undefined; className?: string };

/** A label, a control, and what is wrong with it; `children` gets the ids that tie them together. */
export function Field(
  props: Named & {
    children: (ids: { id: string; "aria-describedby"?: string; "aria-invalid"?: true }) => ReactNode;
  },
) {
  const id = useId();
  const described = props.hint || props.error ? `${id}-more` : undefined;
  return (
    <div className={`flex min-w-0 flex-col gap-1.5 ${props.className ?? ""}`}>
      <label htmlFor={id} className="font-medium text-sm">
        {props.label}
      </label>
      {props.children({
        id,
        ...(described ? { "aria-describedby": described } : {}),
        ...(props.error ? { "aria-invalid": true } : {}),
      })}
      {described && (
        <p id={described} className={`text-pretty text-xs leading-5 ${props.error ? "text-danger" : "text-quiet"}`}>
          {props.error ?? props.hint}
        </p>
      )}
    </div>
  );
}

export function TextField(
  props: Named & {
    name: string;
    type?: "text" | "email" | "search" | "url";
    defaultValue?: string;
    placeholder?: string;
    required?: boolean;
    maxLength?: number;
    autoComplete?: string;
    pattern?: string;
  },
) {
  const { label, hint, error, className, ...input } = props;
  return (
    <Field label={label} hint={hint} error={error} {...(className ? { className } : {})}>
      {(ids) => <input type="text" autoComplete="off" className={`${CONTROL} w-full`} {...input} {...ids} />}
    </Field>
  );
}

/** A file; the form around it is `<PostForm files>`. `accept` only sorts what the browser offers. */
export function FileField(props: Named & { name: string; accept: string; required?: boolean }) {
  const { label, hint, error, className, ...input } = props;
  return (
    <Field label={label} hint={hint} error={error} {...(className ? { className } : {})}>
      {(ids) => (
        <input
          type="file"
          className="w-full min-w-0 cursor-pointer rounded-lg border border-line border-dashed bg-page p-3 text-quiet text-sm file:mr-3 file:h-9 file:cursor-pointer file:rounded-lg file:border file:border-line file:border-solid file:bg-card file:px-3.5 file:font-medium file:text-ink file:text-sm hover:border-quiet"
          {...input}
          {...ids}
        />
      )}
    </Field>
  );
}

export function TextArea(
  props: Named & { name: string; defaultValue?: string; placeholder?: string; rows?: number; required?: boolean },
) {
  const { label, hint, error, className, ...input } = props;
  return (
    <Field label={label} hint={hint} error={error} {...(className ? { className } : {})}>
      {(ids) => <textarea rows={3} className={`${CONTROL} h-auto w-full py-2 leading-5`} {...input} {...ids} />}
    </Field>
  );
}

export function Select(
  props: Named & { name: string; defaultValue?: string; options: readonly (readonly [value: string, words: string])[] },
) {
  const { label, hint, error, className, options, ...input } = props;
  return (
    <Field label={label} hint={hint} error={error} {...(className ? { className } : {})}>
      {(ids) => (
        <select className={`${CONTROL} w-full`} {...input} {...ids}>
          {options.map(([value, words]) => (
            <option key={value} value={value}>
              {words}
            </option>
          ))}
        </select>
      )}
    </Field>
  );
}
