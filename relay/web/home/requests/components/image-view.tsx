/**
 * A picture, and nothing but a picture: an image element runs no script and loads nothing, also for SVG. Its address is
 * forgotten as soon as the picture is there, so that it can never be opened as a page of this origin.
 */
import { useEffect, useState } from "preact/hooks";
import { useRequestsTexts } from "../texts/texts-context.ts";

export interface ImageViewProps {
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** One of those that image elements show. */
  readonly type: string;
  readonly isWhole: boolean;
}

export function ImageView({ bytes, type, isWhole }: ImageViewProps) {
  const texts = useRequestsTexts();
  const [url, setUrl] = useState<string | undefined>();
  const [isBad, setBad] = useState(false);
  const [size, setSize] = useState("");
  useEffect(() => {
    if (!isWhole) return undefined;
    const made = URL.createObjectURL(new Blob([bytes], { type }));
    setUrl(made);
    setBad(false);
    return () => URL.revokeObjectURL(made);
  }, [bytes, type, isWhole]);
  if (!isWhole) return <p class="muted">{texts.cutPicture}</p>;
  if (isBad) return <p class="muted">{texts.badPicture}</p>;
  return (
    <figure class="api-image">
      {url !== undefined && (
        <img
          src={url}
          alt={texts.picture}
          onLoad={({ currentTarget: { naturalWidth, naturalHeight } }) => {
            URL.revokeObjectURL(url);
            if (naturalWidth > 0) setSize(`${naturalWidth} × ${naturalHeight}`);
          }}
          onError={() => setBad(true)}
        />
      )}
      <figcaption class="muted small">{size}</figcaption>
    </figure>
  );
}
