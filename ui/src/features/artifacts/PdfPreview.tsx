import { GlobalWorkerOptions, type PDFDocumentProxy, getDocument } from "pdfjs-dist";
import workerUrl from "pdfjs-dist/build/pdf.worker.min.mjs?url";
import { useEffect, useRef } from "react";

import { readBytes } from "@/api/artifacts";
import { useInView } from "@/components/useInView";
import { EmptyState, ErrorState, Skeleton } from "@/components/States";
import { formatBytes, formatCount } from "@/lib/format";

import type { FileProps } from "./Preview";
import styles from "./Preview.module.css";
import { useFile } from "./useFile";

GlobalWorkerOptions.workerSrc = workerUrl;

const MOST_BYTES = 64 << 20;
const MOST_PAGES = 200;
const SCALE = 1.4;

/** The pages of a document as pictures; scripts in it do nothing. */
export function PdfPreview({ ownerId, path, size }: FileProps) {
  const isSmall = size <= MOST_BYTES;
  const { data, error } = useFile("pdf", ownerId, path, async (signal) => {
    const bytes = await readBytes(ownerId, path, 0, isSmall ? size : 0, signal);
    return getDocument({ data: bytes, isEvalSupported: false, useWasm: false, useSystemFonts: true, enableXfa: false, verbosity: 0 }).promise;
  });
  if (!isSmall) return <EmptyState title={`Documents of more than ${formatBytes(MOST_BYTES)} are not shown`}>Download it to read it.</EmptyState>;
  if (error !== null) return <ErrorState error={error} />;
  if (data === undefined) return <Skeleton lines={12} />;
  return (
    <>
      <p className={styles.note}>{formatCount(data.numPages, "page")}</p>
      {Array.from({ length: Math.min(MOST_PAGES, data.numPages) }, (_, at) => (
        <Page key={at} document={data} number={at + 1} />
      ))}
    </>
  );
}

function Page({ document, number }: { document: PDFDocumentProxy; number: number }) {
  const [box, isSeen] = useInView<HTMLDivElement>();
  const canvas = useRef<HTMLCanvasElement>(null);
  useEffect(() => {
    const element = canvas.current;
    if (!isSeen || element === null) return;
    let isGone = false;
    void document.getPage(number).then((page) => {
      if (isGone) return;
      const viewport = page.getViewport({ scale: SCALE * window.devicePixelRatio });
      element.width = viewport.width;
      element.height = viewport.height;
      element.style.width = `${viewport.width / window.devicePixelRatio}px`;
      page.render({ canvas: element, viewport }).promise.catch(() => undefined);
    });
    return () => {
      isGone = true;
    };
  }, [isSeen, document, number]);
  return (
    <div ref={box} className={styles.page}>
      <canvas ref={canvas} role="img" aria-label={`Page ${number}`} />
    </div>
  );
}
