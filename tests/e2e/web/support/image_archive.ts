// SPDX-License-Identifier: Apache-2.0
// What `docker save` writes of one image.
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

/// Writes it to `file`: of several pieces, as the page sends it.
export function writeImageArchive(file: string, name: string, architecture: string): void {
  mkdirSync(dirname(file), { recursive: true });
  const folder = mkdtempSync(join(tmpdir(), 'millrace-image-'));
  try {
    const manifest = [{ Config: 'config.json', RepoTags: [name], Layers: ['layer.tar'] }];
    writeFileSync(join(folder, 'manifest.json'), JSON.stringify(manifest));
    writeFileSync(join(folder, 'config.json'), JSON.stringify({ architecture, os: 'linux' }));
    writeFileSync(join(folder, 'layer.tar'), Buffer.alloc(3_500_000, name));
    execFileSync('tar', ['--create', '--file', file, '--directory', folder, 'manifest.json', 'config.json', 'layer.tar']);
  } finally {
    rmSync(folder, { recursive: true });
  }
}
