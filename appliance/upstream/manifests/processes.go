// SPDX-License-Identifier: Apache-2.0

package main

import (
	"fmt"
	"maps"
	"slices"
)

// merge makes one Deployment of those that the process replaces, and takes them out of `deployments`.
func (p *patches) merge(wanted process, deployments map[string]object) (object, error) {
	var parts []object
	for _, name := range wanted.Of {
		part, has := deployments[name]
		if !has {
			return nil, fmt.Errorf("process %s: upstream has no Deployment %s", wanted.Name, name)
		}
		parts = append(parts, part)
		delete(deployments, name)
	}
	base := parts[0]
	pod := child(base, "spec", "template", "spec")
	container := firstContainer(base)
	container["env"] = p.environment(wanted, parts)
	container["ports"] = ports(parts)
	container["name"] = wanted.Name
	container["image"] = p.Image
	container["args"] = append([]any{wanted.Name}, asAny(wanted.Arguments)...)
	container["resources"] = object{"requests": p.Requests}
	if probe, has := container["readinessProbe"].(object); has {
		// Asked each second until it has started: upstream's three to ten seconds delay every start by as much. Then seldom:
		// each question to a webhook is a TLS handshake.
		startup := maps.Clone(probe)
		maps.Copy(startup, object{"periodSeconds": 1, "failureThreshold": 300, "initialDelaySeconds": 0})
		container["startupProbe"] = startup
		maps.Copy(probe, object{"periodSeconds": 10, "failureThreshold": 3, "initialDelaySeconds": 0})
	}
	if probe, has := container["livenessProbe"].(object); has {
		probe["periodSeconds"] = 10
	}
	delete(pod, "affinity")
	if wanted.ServiceAccount != "" {
		pod["serviceAccountName"] = wanted.ServiceAccount
	}
	labels := child(base, "spec", "template", "metadata", "labels")
	labels["app"] = wanted.Name
	delete(labels, "role")
	child(base, "metadata")["name"] = wanted.Name
	child(base, "spec")["selector"] = object{"matchLabels": object{"app": wanted.Name}}
	// One process: never two beside each other on a small node.
	child(base, "spec")["strategy"] = object{"type": "Recreate"}
	return base, nil
}

// environment is that of all parts, the first one's where two differ, with ours over it.
func (p *patches) environment(wanted process, parts []object) []any {
	var entries []any
	seen := map[string]bool{}
	for _, ours := range []map[string]string{wanted.Environment, p.Environment} {
		for _, name := range slices.Sorted(maps.Keys(ours)) {
			entries = append(entries, object{"name": name, "value": ours[name]})
			seen[name] = true
		}
	}
	for _, part := range parts {
		theirs, _ := firstContainer(part)["env"].([]any)
		for _, entry := range theirs {
			variable := entry.(object)
			name := text(variable, "name")
			if seen[name] {
				continue
			}
			seen[name] = true
			// Images of the parts that are left out; upstream's ConfigMaps of them are symbolic links.
			if text(variable, "valueFrom", "configMapKeyRef", "name") != "" && isImageList(variable) {
				variable = object{"name": name, "value": "dev.local/millrace/not-built"}
			}
			if value := text(variable, "value"); len(value) > 5 && value[:5] == "ko://" {
				variable = object{"name": name, "value": "dev.local/millrace/not-built"}
			}
			entries = append(entries, variable)
		}
	}
	return entries
}

func isImageList(variable object) bool {
	name := text(variable, "valueFrom", "configMapKeyRef", "name")
	return len(name) > 7 && name[len(name)-7:] == "-images"
}

// ports of all parts, each number once.
func ports(parts []object) []any {
	var all []any
	seen := map[any]bool{}
	for _, part := range parts {
		theirs, _ := firstContainer(part)["ports"].([]any)
		for _, port := range theirs {
			number := port.(object)["containerPort"]
			if !seen[number] {
				seen[number] = true
				all = append(all, port)
			}
		}
	}
	return all
}

func firstContainer(deployment object) object {
	containers := child(deployment, "spec", "template", "spec")["containers"].([]any)
	return containers[0].(object)
}

func asAny(values []string) []any {
	var all []any
	for _, value := range values {
		all = append(all, value)
	}
	return all
}
