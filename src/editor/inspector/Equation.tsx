/** A kind's equation, set by KaTeX, which comes when it is first needed; MathML beside it is what a screen reader reads. */
import { useEffect, useRef, useState, type RefObject } from "react";
import styles from "./Inspector.module.css";

export function Equation({ tex }: { readonly tex: string }) {
  const [html, setHtml] = useState(() => known.get(tex) ?? null);
  const box = useRef<HTMLDivElement>(null);
  const wide = useOverflow(box, html);
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
    <div
      ref={box}
      className={styles.equation}
      role="math"
      tabIndex={wide ? 0 : undefined}
      dangerouslySetInnerHTML={{ __html: html }}
    />
  );
}

/** Whether an equation is wider than its box: then it scrolls, and the keyboard must be able to. Fonts may come late. */
function useOverflow(box: RefObject<HTMLDivElement | null>, html: string | null): boolean {
  const [wide, setWide] = useState(false);
  useEffect(() => {
    const element = box.current;
    if (!element) return;
    const measure = () => setWide(element.scrollWidth > element.clientWidth);
    const observer = new ResizeObserver(measure);
    observer.observe(element);
    void document.fonts.ready.then(measure);
    return () => observer.disconnect();
  }, [box, html]);
  return wide;
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
