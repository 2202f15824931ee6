// SPDX-License-Identifier: Apache-2.0
import sprite from 'virtual:icons';

interface Props { name: string; size?: number; label?: string; class?: string; turn?: 90 | 180 | 270 }

/// An icon of the sprite. Without `label` it is decoration and hidden from screen readers.
export function Icon({ name, size = 16, label, class: extra = '', turn }: Props) {
  const classes = `icon ${turn ? `turn-${turn}` : ''} ${extra}`;
  return (
    <svg class={classes} width={size} height={size} role={label ? 'img' : undefined}
      aria-label={label} aria-hidden={label ? undefined : 'true'} focusable="false">
      <use href={`${sprite}#${name}`} />
    </svg>
  );
}
