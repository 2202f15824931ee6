// SPDX-License-Identifier: Apache-2.0
import { useState } from 'preact/hooks';
import type { Part } from '../api/types';
import { announce } from '../app/announce';
import { t } from '../text/i18n';
import { visible } from '../text/visible';
import { Breakable } from '../ui/breakable';
import { TextField } from '../ui/field';
import { Empty } from '../ui/states';
import { Table, type Column } from '../ui/table';
import { licences_shown, matching } from './part_search';

const page_rows = 50;

function Licences({ names }: { names: readonly string[] }) {
  if (names.length === 0) return <span class="muted">{t('about.licence.text')}</span>;
  const first = visible(names.slice(0, licences_shown).join(', '));
  if (names.length <= licences_shown) return <>{first}</>;
  return (
    <details class="details part-licences">
      <summary>{t('about.licence.more', { first, n: names.length - licences_shown })}</summary>
      {visible(names.slice(licences_shown).join(', '))}
    </details>
  );
}

const columns: readonly Column<Part>[] = [
  { key: 'name', head: t('about.part.name'), class: 'col-name', cell: (part) => <strong class="part-name"><Breakable text={part.name} /></strong> },
  { key: 'version', head: t('about.part.version'), class: 'part-version', cell: (part) => visible(part.version) },
  { key: 'licences', head: t('about.part.licences'), cell: (part) => <Licences names={part.licences} /> },
  { key: 'sources', head: t('about.part.sources'), cell: (part) => visible(part.sources.join(' · ')) },
];

/// The bill of materials, by name: what is sought in it, fifty more at a time.
export function PartTable({ parts }: { parts: readonly Part[] }) {
  const [text, setText] = useState('');
  const [rows, setRows] = useState(page_rows);
  const found = matching(parts, text);
  const search = (next: string) => {
    setText(next);
    setRows(page_rows);
    announce(t('about.found', { n: matching(parts, next).length }));
  };
  return (
    <>
      <TextField type="search" label={t('about.search')} placeholder={t('about.search.example')} value={text} change={search} maxLength={100} />
      {found.length === 0
        ? <Empty icon="search" title={t('about.none')} />
        : <Table label={t('about.parts')} columns={columns} rows={found.slice(0, rows)} keyOf={(part) => part.purl} />}
      <div class="table-foot">
        <span class="muted">{t('about.shown', { shown: Math.min(rows, found.length), n: found.length })}</span>
        {found.length > rows && <button type="button" class="btn btn-outline" onClick={() => setRows(rows + page_rows)}>{t('about.more')}</button>}
      </div>
    </>
  );
}
