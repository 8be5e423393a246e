/** The ring around something that lasts for a time: what is left of it, clockwise from the top. */
import type { ComponentChildren } from "preact";

export interface TimeRingProps {
  /** Outer diameter in CSS pixels. */
  readonly size: number;
  /** From 1, all of the time, to 0; undefined for the track alone. */
  readonly left?: number | undefined;
  readonly children?: ComponentChildren;
}

const STROKE = 6;

export function TimeRing({ size, left, children }: TimeRingProps) {
  const radius = (size - STROKE) / 2;
  const around = 2 * Math.PI * radius;
  const middle = size / 2;
  return (
    <div class="ring" style={{ width: `${size}px` }}>
      <svg viewBox={`0 0 ${size} ${size}`} aria-hidden="true">
        <circle class="ring-track" cx={middle} cy={middle} r={radius} />
        {left !== undefined && left > 0 && (
          <circle
            class="ring-time"
            cx={middle}
            cy={middle}
            r={radius}
            stroke-dasharray={`${around * Math.min(1, left)} ${around}`}
            transform={`rotate(-90 ${middle} ${middle})`}
          />
        )}
      </svg>
      <div class="ring-content">{children}</div>
    </div>
  );
}
