import type { ReactNode } from "react";

/** A form that works as it stands: it posts its fields, and the answer leads to a page. */
export function PostForm(props: {
  action: string;
  /** From formToken(), where somebody is signed in. */
  token?: string;
  hidden?: Readonly<Record<string, string>>;
  /** For forms that bring files. */
  files?: boolean;
  className?: string;
  children: ReactNode;
}) {
  const hidden = { ...props.hidden, ...(props.token ? { form_token: props.token } : {}) };
  return (
    <form
      method="post"
      action={props.action}
      className={props.className}
      {...(props.files ? { encType: "multipart/form-data" } : {})}
    >
      {Object.entries(hidden).map(([name, value]) => (
        <input key={name} type="hidden" name={name} value={value} />
      ))}
      {props.children}
    </form>
  );
}
