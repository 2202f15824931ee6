// SPDX-License-Identifier: Apache-2.0
import { Fragment } from 'preact';
import { visible } from '../text/visible';

/// Untrusted text that breaks after a separator where it has to, not inside a word.
export function Breakable({ text }: { text: string }) {
  const parts = visible(text).split(/(?<=[.\\/@:_])/);
  return <>{parts.map((part, i) => <Fragment key={i}>{i > 0 && <wbr />}{part}</Fragment>)}</>;
}
