// SPDX-License-Identifier: Apache-2.0

// Writes container images as archives that containerd imports: no registry, no engine.
//
//	images LAYERS_FOLDER ARCHIVE OUTPUT.tar TAG=VALUE...
//
// ARCHIVE is one of images.yaml; LAYERS_FOLDER has a folder for each layer that it names, as it will
// stand at /. The same files give the same bytes: owners are root, times 1970, names sorted.
package main

import (
	_ "embed"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/google/go-containerregistry/pkg/name"
	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/empty"
	"github.com/google/go-containerregistry/pkg/v1/mutate"
	"sigs.k8s.io/yaml"
)

//go:embed images.yaml
var imagesText string

type image struct {
	Names      []string `json:"names"`
	Layers     []string `json:"layers"`
	Entrypoint []string `json:"entrypoint"`
}

// Nobody: what the images run as.
const user = "65532:65532"

func main() {
	if len(os.Args) < 4 {
		fmt.Fprintln(os.Stderr, "images LAYERS_FOLDER ARCHIVE OUTPUT.tar TAG=VALUE...")
		os.Exit(2)
	}
	if err := build(os.Args[1], os.Args[2], os.Args[3], os.Args[4:]); err != nil {
		fmt.Fprintln(os.Stderr, "images:", err)
		os.Exit(1)
	}
}

func build(layers, archive, output string, tags []string) error {
	wanted, err := readImages(archive, tags)
	if err != nil {
		return err
	}
	made := map[string]v1.Layer{}
	images := map[name.Reference]v1.Image{}
	for _, image := range wanted {
		for _, layer := range image.Layers {
			if made[layer] != nil {
				continue
			}
			var err error
			if made[layer], err = folderLayer(filepath.Join(layers, layer)); err != nil {
				return fmt.Errorf("layer %s: %w", layer, err)
			}
		}
		assembled, err := assemble(image, made)
		if err != nil {
			return fmt.Errorf("%s: %w", image.Names, err)
		}
		for _, text := range image.Names {
			reference, err := name.ParseReference(text, name.StrictValidation)
			if err != nil {
				return err
			}
			images[reference] = assembled
		}
	}
	return writeArchive(output, images)
}

func readImages(archive string, tags []string) ([]image, error) {
	text := imagesText
	for _, tag := range tags {
		key, value, _ := strings.Cut(tag, "=")
		text = strings.ReplaceAll(text, "@"+key+"@", value)
	}
	var file struct {
		Archives map[string][]image `json:"archives"`
	}
	if err := yaml.UnmarshalStrict([]byte(text), &file); err != nil {
		return nil, fmt.Errorf("images.yaml: %w", err)
	}
	if len(file.Archives[archive]) == 0 {
		return nil, fmt.Errorf("images.yaml has no archive %q", archive)
	}
	return file.Archives[archive], nil
}

func assemble(wanted image, made map[string]v1.Layer) (v1.Image, error) {
	var layers []v1.Layer
	for _, layer := range wanted.Layers {
		layers = append(layers, made[layer])
	}
	result, err := mutate.AppendLayers(empty.Image, layers...)
	if err != nil {
		return nil, err
	}
	config, err := result.ConfigFile()
	if err != nil {
		return nil, err
	}
	if config == nil {
		return nil, errors.New("it has no configuration")
	}
	config = config.DeepCopy()
	config.OS, config.Architecture = "linux", "amd64"
	config.Config.User = user
	config.Config.Entrypoint = wanted.Entrypoint
	config.Config.Env = []string{"PATH=/usr/bin:/bin", "LANG=C.UTF-8"}
	return mutate.ConfigFile(result, config)
}
