// SPDX-License-Identifier: Apache-2.0

// Writes Knative's manifests for one node from the config folders of the modules that ../knative
// pins, changed as patches.yaml says:
//
//	manifests KNATIVE_MODULE_FOLDER OUTPUT_FOLDER
//
// OUTPUT_FOLDER gets definitions.yaml (namespaces and CustomResourceDefinitions) and knative.yaml, in
// the order in which they are to be applied. The same input gives the same bytes. @WORDS@ are left for
// whoever applies them.
package main

import (
	"bytes"
	_ "embed"
	"encoding/json"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"sigs.k8s.io/yaml"
)

//go:embed patches.yaml
var patchesText []byte

// object is one Kubernetes object as YAML has it.
type object = map[string]any

func main() {
	if len(os.Args) != 3 {
		fmt.Fprintln(os.Stderr, "manifests KNATIVE_MODULE_FOLDER OUTPUT_FOLDER")
		os.Exit(2)
	}
	if err := render(os.Args[1], os.Args[2]); err != nil {
		fmt.Fprintln(os.Stderr, "manifests:", err)
		os.Exit(1)
	}
}

func render(moduleFolder, output string) error {
	var patches patches
	if err := yaml.UnmarshalStrict(patchesText, &patches); err != nil {
		return fmt.Errorf("patches.yaml: %w", err)
	}
	var objects []object
	for _, source := range patches.Sources {
		found, err := load(moduleFolder, source)
		if err != nil {
			return err
		}
		objects = append(objects, found...)
	}
	objects, err := patches.apply(objects)
	if err != nil {
		return err
	}
	return write(output, objects)
}

// load reads the objects of one module's files, sorted by file name.
func load(moduleFolder string, source source) ([]object, error) {
	root, err := folderOf(moduleFolder, source.Module)
	if err != nil {
		return nil, err
	}
	names, err := match(root, source.Files)
	if err != nil {
		return nil, err
	}
	if len(names) == 0 {
		return nil, fmt.Errorf("%s has no %s any more; look at what changed", source.Module, source.Files)
	}
	var objects []object
	for _, name := range names {
		found, err := readObjects(name)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		objects = append(objects, found...)
	}
	return objects, nil
}

// folderOf is where a module lies, at the version that moduleFolder/go.mod pins; it is fetched where it has to be.
func folderOf(moduleFolder, module string) (string, error) {
	download := exec.Command("go", "mod", "download", "-json", module)
	download.Dir = moduleFolder
	download.Stderr = os.Stderr
	answer, err := download.Output()
	if err != nil {
		return "", fmt.Errorf("go mod download %s: %w", module, err)
	}
	var found struct{ Dir string }
	if err := json.Unmarshal(answer, &found); err != nil {
		return "", fmt.Errorf("go mod download %s: %w", module, err)
	}
	return found.Dir, nil
}

// match finds files by "folder/*.yaml", or "folder/**.yaml" for those below, too.
func match(root, pattern string) ([]string, error) {
	if !strings.Contains(pattern, "**") {
		names, err := filepath.Glob(filepath.Join(root, pattern))
		slices.Sort(names)
		return names, err
	}
	var names []string
	err := filepath.WalkDir(filepath.Join(root, path.Dir(pattern)), func(name string, entry fs.DirEntry, err error) error {
		if err == nil && entry.Type().IsRegular() && strings.HasSuffix(name, path.Ext(pattern)) {
			names = append(names, name)
		}
		return err
	})
	slices.Sort(names)
	return names, err
}

func readObjects(name string) ([]object, error) {
	text, err := os.ReadFile(name)
	if err != nil {
		return nil, err
	}
	var objects []object
	for _, document := range bytes.Split(append([]byte("\n"), text...), []byte("\n---")) {
		var found object
		if err := yaml.Unmarshal(document, &found); err != nil {
			return nil, err
		}
		if len(found) > 0 {
			objects = append(objects, found)
		}
	}
	return objects, nil
}

// write sorts the objects by the phase in which they are to be there; within one, as they came.
func write(output string, objects []object) error {
	slices.SortStableFunc(objects, func(a, b object) int { return phase(a) - phase(b) })
	files := map[string]*bytes.Buffer{"definitions.yaml": {}, "knative.yaml": {}}
	for _, one := range objects {
		text, err := yaml.Marshal(one)
		if err != nil {
			return err
		}
		file := files["knative.yaml"]
		if phase(one) <= phaseDefinition {
			file = files["definitions.yaml"]
		}
		file.WriteString("---\n")
		file.Write(text)
	}
	if err := os.MkdirAll(output, 0o755); err != nil {
		return err
	}
	for name, content := range files {
		if err := os.WriteFile(filepath.Join(output, name), content.Bytes(), 0o644); err != nil {
			return err
		}
	}
	return nil
}

const (
	phaseNamespace = iota
	phaseDefinition
	phaseRights
	phaseSettings
	phaseServices
	phaseProcesses
	phaseWebhooks
)

// phase: a process that starts before its rights and settings are there fails and waits to be
// started again; a webhook asked before its process is there refuses.
func phase(one object) int {
	switch kind := text(one, "kind"); kind {
	case "Namespace":
		return phaseNamespace
	case "CustomResourceDefinition":
		return phaseDefinition
	case "ServiceAccount", "Role", "ClusterRole", "RoleBinding", "ClusterRoleBinding":
		return phaseRights
	case "Deployment", "StatefulSet":
		return phaseProcesses
	case "Service":
		return phaseServices
	case "MutatingWebhookConfiguration", "ValidatingWebhookConfiguration":
		return phaseWebhooks
	default:
		return phaseSettings
	}
}
