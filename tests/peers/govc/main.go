// SPDX-License-Identifier: Apache-2.0

// govc is govmomi's command line, with the commands that an OVA is tried with, and its simulated vCenter, newer than
// the one that vcsim is made of (which keeps no vApp properties). None of it is ours.
//
//	govc simulate FILE	writes its URL, with user and password, to FILE and serves until it is ended
package main

import (
	"fmt"
	"log"
	"net/url"
	"os"
	"os/signal"
	"syscall"

	"github.com/vmware/govmomi/cli"
	_ "github.com/vmware/govmomi/cli/importx"
	_ "github.com/vmware/govmomi/cli/object"
	"github.com/vmware/govmomi/simulator"
)

func simulate(file string) error {
	model := simulator.VPX()
	defer model.Remove()
	if err := model.Create(); err != nil {
		return err
	}
	model.Service.RegisterEndpoints = true
	model.Service.Listen = &url.URL{Host: "127.0.0.1:0", User: url.UserPassword("user", "pass")}
	server := model.Service.NewServer()
	defer server.Close()
	if err := os.WriteFile(file+".new", []byte(server.URL.String()), 0o600); err != nil {
		return err
	}
	// In one step, so that who reads it never sees a part.
	if err := os.Rename(file+".new", file); err != nil {
		return err
	}
	ended := make(chan os.Signal, 1)
	signal.Notify(ended, os.Interrupt, syscall.SIGTERM)
	<-ended
	return nil
}

func main() {
	if len(os.Args) == 3 && os.Args[1] == "simulate" {
		if err := simulate(os.Args[2]); err != nil {
			log.Fatal(fmt.Errorf("simulate: %w", err))
		}
		return
	}
	os.Exit(cli.Run(os.Args[1:]))
}
