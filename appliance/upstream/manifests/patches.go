// SPDX-License-Identifier: Apache-2.0

package main

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// patches is what patches.yaml says.
type patches struct {
	Sources     []source                     `json:"sources"`
	Drop        []identity                   `json:"drop"`
	ConfigMaps  map[string]map[string]string `json:"configMaps"`
	Processes   []process                    `json:"processes"`
	Image       string                       `json:"image"`
	Environment map[string]string            `json:"environment"`
	Requests    map[string]string            `json:"requests"`
	SameRights  map[string]string            `json:"sameRights"`
	OnTheNode   []string                     `json:"onTheNode"`
	ClusterIPs  map[string]string            `json:"clusterIPs"`
}

type source struct {
	Module string `json:"module"`
	Files  string `json:"files"`
}

// identity of an object; without a name: all of the kind.
type identity struct {
	Kind string `json:"kind"`
	Name string `json:"name"`
}

type process struct {
	Name           string            `json:"name"`
	Of             []string          `json:"of"`
	Arguments      []string          `json:"arguments"`
	ServiceAccount string            `json:"serviceAccount"`
	Environment    map[string]string `json:"environment"`
}

// apply gives upstream's objects as they are wanted here. An error: a patch found nothing to change,
// so upstream is no longer what the patch was written for.
func (p *patches) apply(upstream []object) ([]object, error) {
	unused := map[string]bool{}
	deployments := map[string]object{}
	var kept []object
	for _, wanted := range p.Drop {
		unused["drop "+wanted.Kind+" "+wanted.Name] = true
	}
	for name := range p.ConfigMaps {
		unused["ConfigMap "+name] = true
	}
	for name := range p.ClusterIPs {
		unused["Service "+name] = true
	}
	for _, name := range p.OnTheNode {
		unused["Service "+name] = true
	}
	for _, one := range upstream {
		if dropped := p.dropped(one); dropped != "" {
			delete(unused, dropped)
			continue
		}
		delete(unused, text(one, "kind")+" "+fullName(one))
		switch text(one, "kind") {
		case "ConfigMap":
			p.setData(one)
		case "Service":
			p.setService(one)
		case "RoleBinding", "ClusterRoleBinding":
			p.addRights(one)
		case "Deployment":
			deployments[text(one, "metadata", "name")] = one
			continue
		}
		kept = append(kept, one)
	}
	for _, process := range p.Processes {
		merged, err := p.merge(process, deployments)
		if err != nil {
			return nil, err
		}
		kept = append(kept, merged)
	}
	for name := range deployments {
		unused["Deployment "+name+" is in no process"] = true
	}
	if len(unused) > 0 {
		return nil, fmt.Errorf("patches.yaml fits upstream no more: %s", strings.Join(slices.Sorted(maps.Keys(unused)), "; "))
	}
	return kept, nil
}

// dropped is the key of the patch that drops the object, or empty.
func (p *patches) dropped(one object) string {
	for _, wanted := range p.Drop {
		if wanted.Kind == text(one, "kind") && (wanted.Name == "" || wanted.Name == text(one, "metadata", "name")) {
			return "drop " + wanted.Kind + " " + wanted.Name
		}
	}
	return ""
}

func (p *patches) setData(one object) {
	data := child(one, "data")
	delete(data, "_example")
	delete(child(one, "metadata", "annotations"), "knative.dev/example-checksum")
	for key, value := range p.ConfigMaps[fullName(one)] {
		data[key] = value
	}
}

// setService points a Service of a merged process at its pods.
func (p *patches) setService(one object) {
	spec := child(one, "spec")
	if address := p.ClusterIPs[fullName(one)]; address != "" {
		spec["clusterIP"] = address
	}
	if slices.Contains(p.OnTheNode, fullName(one)) {
		delete(spec, "selector")
		spec["type"] = "ClusterIP"
		return
	}
	selector := child(one, "spec", "selector")
	for _, process := range p.Processes {
		if slices.Contains(process.Of, text(selector, "app")) || slices.Contains(process.Of, text(selector, "role")) {
			spec["selector"] = object{"app": process.Name}
		}
	}
}

func (p *patches) addRights(one object) {
	subjects, _ := one["subjects"].([]any)
	for _, entry := range subjects {
		subject, _ := entry.(object)
		account, has := p.SameRights[text(subject, "namespace")+"/"+text(subject, "name")]
		isThere := slices.ContainsFunc(subjects, func(other any) bool {
			return text(other.(object), "name") == account
		})
		if has && !isThere {
			added := maps.Clone(subject)
			added["name"] = account
			one["subjects"] = append(subjects, added)
		}
	}
}
