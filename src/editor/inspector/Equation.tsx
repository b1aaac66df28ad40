/** A kind's equation, set by KaTeX, which comes when it is first needed; MathML beside it is what a screen reader reads. */
import { useEffect, useState } from "react";
import styles from "./Inspector.module.css";

export function Equation({ tex }: { readonly tex: string }) {
  const [html, setHtml] = useState(() => known.get(tex) ?? null);
  useEffect(() => {
    let here = true;
    void setTeX(tex).then((set) => here && setHtml(set));
    return () => {
      here = false;
    };
  }, [tex]);
  return html === null ? (
    <div className={styles.equation} aria-busy="true" />
  ) : (
    <div className={styles.equation} role="math" dangerouslySetInnerHTML={{ __html: html }} />
  );
}

const known = new Map<string, string>();

/** The kinds' own equations alone are set, so that what KaTeX gives is trusted. */
async function setTeX(tex: string): Promise<string> {
  const [{ default: katex }] = await Promise.all([import("katex"), import("katex/dist/katex.min.css")]);
  const html =
    known.get(tex) ?? katex.renderToString(`\\displaystyle ${tex}`, { output: "htmlAndMathml", throwOnError: false });
  known.set(tex, html);
  return html;
}
