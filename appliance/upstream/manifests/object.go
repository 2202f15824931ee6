// SPDX-License-Identifier: Apache-2.0

package main

// child is the mapping at the path, made where there is none.
func child(one object, path ...string) object {
	for _, key := range path {
		next, is := one[key].(object)
		if !is {
			next = object{}
			one[key] = next
		}
		one = next
	}
	return one
}

// text is the string at the path, or empty.
func text(one object, path ...string) string {
	for _, key := range path[:len(path)-1] {
		next, is := one[key].(object)
		if !is {
			return ""
		}
		one = next
	}
	value, _ := one[path[len(path)-1]].(string)
	return value
}

// fullName is "namespace/name".
func fullName(one object) string {
	return text(one, "metadata", "namespace") + "/" + text(one, "metadata", "name")
}
