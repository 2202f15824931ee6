// SPDX-License-Identifier: Apache-2.0

package main

import (
	"archive/tar"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"slices"

	"github.com/google/go-containerregistry/pkg/name"
	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/tarball"
)

const manifestName = "manifest.json"

// writeArchive: in an order of its own, since go-containerregistry takes that of a map, for images and for the names of each.
func writeArchive(output string, images map[name.Reference]v1.Image) error {
	var unordered bytes.Buffer
	if err := tarball.MultiRefWrite(images, &unordered); err != nil {
		return err
	}
	files, err := readFiles(&unordered)
	if err != nil {
		return err
	}
	if files[manifestName], err = orderManifest(files[manifestName]); err != nil {
		return fmt.Errorf("%s: %w", manifestName, err)
	}
	file, err := os.Create(output)
	if err != nil {
		return err
	}
	return errors.Join(writeFiles(file, files), file.Close())
}

func readFiles(archive io.Reader) (map[string][]byte, error) {
	files := map[string][]byte{}
	for reader := tar.NewReader(archive); ; {
		header, err := reader.Next()
		if errors.Is(err, io.EOF) {
			return files, nil
		}
		if err != nil {
			return nil, err
		}
		if files[header.Name], err = io.ReadAll(reader); err != nil {
			return nil, err
		}
	}
}

func orderManifest(text []byte) ([]byte, error) {
	var manifest tarball.Manifest
	if err := json.Unmarshal(text, &manifest); err != nil {
		return nil, err
	}
	for _, image := range manifest {
		slices.Sort(image.RepoTags)
	}
	slices.SortFunc(manifest, func(a, b tarball.Descriptor) int { return slices.Compare(a.RepoTags, b.RepoTags) })
	return json.Marshal(manifest)
}

func writeFiles(to io.Writer, files map[string][]byte) error {
	archive := tar.NewWriter(to)
	for _, name := range slices.Sorted(maps.Keys(files)) {
		header := tar.Header{Name: name, Mode: 0o644, Typeflag: tar.TypeReg, Size: int64(len(files[name]))}
		if err := archive.WriteHeader(&header); err != nil {
			return err
		}
		if _, err := archive.Write(files[name]); err != nil {
			return err
		}
	}
	return archive.Close()
}
