// SPDX-License-Identifier: Apache-2.0
// What the page of images makes of the appliance's answers and of a file that was chosen. Pure.
import type { Images } from './system_api';

/// As much as the appliance takes at once.
export const piece_bytes = 1024 * 1024;
const name_length_max = 124;

export interface Chosen { name: string; size: number }

/// A name that the appliance takes: "my tool (2).tar" is "my-tool-2.tar".
export function archiveName(file: string): string {
  const plain = file.replace(/\.tar$/i, '').replace(/[^A-Za-z0-9._-]+/g, '-').replace(/^[-.]+|-+$/g, '').slice(0, name_length_max);
  return `${plain === '' ? 'image' : plain}.tar`;
}

/// Which byte comes next of a file of which the appliance has a part; undefined where it has none.
export function resumesAt(images: Images | undefined, { name, size }: Chosen): number | undefined {
  const work = images?.work;
  return work?.state === 'receiving' && work.name === name && work.bytes === size ? work.receivedBytes : undefined;
}
