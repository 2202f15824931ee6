// SPDX-License-Identifier: Apache-2.0

// Serves the images of an archive as every registry that is asked for them: a pod that insists on pulling its image
// starts in a cluster without a way out.
//
//	registry ARCHIVE.tar LISTEN_ADDRESS
//
// Prints the address that it listens at once it serves all of them, and ends with a signal.
package main

import (
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"os"

	"github.com/google/go-containerregistry/pkg/name"
	"github.com/google/go-containerregistry/pkg/registry"
	"github.com/google/go-containerregistry/pkg/v1/remote"
	"github.com/google/go-containerregistry/pkg/v1/tarball"
)

func main() {
	if len(os.Args) != 3 {
		fmt.Fprintln(os.Stderr, "registry ARCHIVE.tar LISTEN_ADDRESS")
		os.Exit(2)
	}
	if err := serve(os.Args[1], os.Args[2]); err != nil {
		fmt.Fprintln(os.Stderr, "registry:", err)
		os.Exit(1)
	}
}

func serve(archive, listen string) error {
	listener, err := net.Listen("tcp", listen)
	if err != nil {
		return err
	}
	address := listener.Addr().String()
	ended := make(chan error, 1)
	handler := registry.New(registry.Logger(log.New(io.Discard, "", 0)))
	go func() { ended <- http.Serve(listener, handler) }()
	if err := fill(archive, address); err != nil {
		return err
	}
	fmt.Println(address)
	return <-ended
}

// fill puts each image of the archive under its name, less the registry in it.
func fill(archive, address string) error {
	open := func() (io.ReadCloser, error) { return os.Open(archive) }
	manifest, err := tarball.LoadManifest(open)
	if err != nil {
		return fmt.Errorf("%s: %w", archive, err)
	}
	for _, described := range manifest {
		for _, text := range described.RepoTags {
			tag, err := name.NewTag(text)
			if err != nil {
				return err
			}
			image, err := tarball.Image(open, &tag)
			if err != nil {
				return fmt.Errorf("%s in %s: %w", text, archive, err)
			}
			here, err := name.NewTag(address+"/"+tag.RepositoryStr()+":"+tag.TagStr(), name.Insecure)
			if err != nil {
				return err
			}
			if err := remote.Write(here, image); err != nil {
				return fmt.Errorf("%s: %w", text, err)
			}
		}
	}
	return nil
}
