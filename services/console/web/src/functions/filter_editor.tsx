// SPDX-License-Identifier: Apache-2.0
import type { EventType, TriggerFilter } from '../api/types';
import { className, humanType, nearMisses } from '../text/event_names';
import { t } from '../text/i18n';
import { SelectField, TextField } from '../ui/field';
import { Icon } from '../ui/icon';
import { TypePicker } from '../ui/type_picker';

type Clause = TriggerFilter['attributes'][number];

interface Props {
  filter: TriggerFilter;
  change: (filter: TriggerFilter) => void;
  seen: readonly EventType[];
  faults: Map<string, string>;
  /// Where the filter is in the request, for the faults.
  pointer: string;
}

function Chosen({ filter, change }: Pick<Props, 'filter' | 'change'>) {
  if (filter.types.length === 0) return <p class="every"><Icon name="info" size={16} /> {t('filter.everyType')}</p>;
  return (
    <ul class="chips" aria-label={t('filter.chosen')}>
      {filter.types.map((type) => (
        <li class="chip" key={type} title={type}>
          <span class="chip-name"><strong>{humanType(type)}</strong> <span class="mono chip-detail">{className(type)}</span></span>
          <button type="button" aria-label={t('filter.drop', { type: humanType(type) })}
            onClick={() => change({ ...filter, types: filter.types.filter((other) => other !== type) })}><Icon name="close" size={12} /></button>
        </li>
      ))}
    </ul>
  );
}

function Similar({ filter, change, seen }: Pick<Props, 'filter' | 'change' | 'seen'>) {
  const names = seen.map(({ type }) => type);
  const similar = filter.types.flatMap((type) => nearMisses(type, names)).filter((type) => !filter.types.includes(type));
  const unique = [...new Set(similar)].slice(0, 4);
  if (unique.length === 0) return null;
  return (
    <p class="similar"><Icon name="idea" size={16} /> {t('filter.similar')}
      {unique.map((type) => (
        <button key={type} type="button" class="btn btn-sm btn-link" title={type}
          onClick={() => change({ ...filter, types: [...filter.types, type] })}>+ {className(type)}</button>
      ))}
    </p>
  );
}

const operators = (['exact', 'prefix', 'suffix'] as const).map((value) => ({ value, label: t(`filter.op.${value}`) }));

interface ClauseProps { clause: Clause; change: (clause: Clause) => void; drop: () => void; faults: Map<string, string>; pointer: string }

function ClauseRow({ clause, change, drop, faults, pointer }: ClauseProps) {
  return (
    <div class="clause-row">
      <TextField label={t('filter.attribute')} value={clause.attribute} mono error={faults.get(`${pointer}/attribute`)}
        placeholder="vmname" change={(attribute) => change({ ...clause, attribute })} />
      <SelectField label={t('filter.op')} value={clause.op} options={operators} change={(op) => change({ ...clause, op: op as Clause['op'] })} />
      <TextField label={t('filter.value')} value={clause.value} mono error={faults.get(`${pointer}/value`)}
        placeholder="prod-" change={(value) => change({ ...clause, value })} />
      <button type="button" class="icon-button" aria-label={t('filter.dropClause')} title={t('filter.dropClause')} onClick={drop}><Icon name="trash" /></button>
    </div>
  );
}

/// When to run: one of the types, and every clause. Read out as a sentence below.
export function FilterEditor({ filter, change, seen, faults, pointer }: Props) {
  const clauses = (attributes: Clause[]) => change({ ...filter, attributes });
  return (
    <div class="filter-editor">
      <TypePicker label={t('filter.types')} hint={t('filter.types.hint')} seen={seen} chosen={filter.types}
        error={faults.get(`${pointer}/types`)} placeholder={t('filter.types.placeholder')}
        choose={(type) => change({ ...filter, types: [...filter.types, type] })} />
      <Chosen filter={filter} change={change} />
      <Similar filter={filter} change={change} seen={seen} />
      {filter.attributes.map((clause, i) => (
        <ClauseRow key={i} clause={clause} faults={faults} pointer={`${pointer}/attributes/${i}`}
          change={(next) => clauses(filter.attributes.map((old, at) => at === i ? next : old))}
          drop={() => clauses(filter.attributes.filter((_, at) => at !== i))} />
      ))}
      <button type="button" class="btn btn-sm btn-link" onClick={() => clauses([...filter.attributes, { attribute: 'vmname', op: 'prefix', value: '' }])}>
        <Icon name="plus" size={12} /> {t('filter.addClause')}
      </button>
    </div>
  );
}
