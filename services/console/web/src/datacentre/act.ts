// SPDX-License-Identifier: Apache-2.0
import type { Action } from '../api/types';

/// Does something in the data centre; what comes of it is shown by the page.
export type Act = (action: Action) => void;
