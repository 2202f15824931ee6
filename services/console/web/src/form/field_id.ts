// SPDX-License-Identifier: Apache-2.0

/// By what a fault's link finds the field.
export function fieldId(key: string): string {
  return `property-${key}`;
}
