// SPDX-License-Identifier: Apache-2.0

// vcsim runs govmomi's simulated vCenter: one that is not ours, to see that Millrace reads more
// than its own simulator.
//
//	vcsim -listen 127.0.0.1:0 -address-file vcenter.json -certificate-file vcenter.pem
//
// The address file gets {"url", "username", "password", "pid"} once the server answers.
package main

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/json"
	"encoding/pem"
	"flag"
	"fmt"
	"log"
	"math/big"
	"net"
	"net/url"
	"os"
	"os/signal"
	"path/filepath"
	"syscall"
	"time"

	"github.com/vmware/govmomi/simulator"
)

const (
	username = "administrator@vsphere.local"
	password = "vcsim"
)

// makeCertificate makes a self-signed certificate for host, valid for a day.
func makeCertificate(host string) (tls.Certificate, []byte, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return tls.Certificate{}, nil, err
	}
	template := &x509.Certificate{
		SerialNumber:          big.NewInt(time.Now().UnixNano()),
		Subject:               pkix.Name{CommonName: "vcsim"},
		NotBefore:             time.Now().Add(-time.Hour),
		NotAfter:              time.Now().Add(24 * time.Hour),
		KeyUsage:              x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign,
		ExtKeyUsage:           []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
		BasicConstraintsValid: true,
		IsCA:                  true,
		DNSNames:              []string{"localhost"},
	}
	if ip := net.ParseIP(host); ip != nil {
		template.IPAddresses = []net.IP{ip}
	} else {
		template.DNSNames = append(template.DNSNames, host)
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		return tls.Certificate{}, nil, err
	}
	text := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}, text, nil
}

// writeFile replaces path in one step, so that a reader never sees a part.
func writeFile(path string, content []byte) error {
	if path == "" {
		return nil
	}
	temporary := filepath.Join(filepath.Dir(path), "."+filepath.Base(path)+".new")
	if err := os.WriteFile(temporary, content, 0o600); err != nil {
		return err
	}
	return os.Rename(temporary, path)
}

func run(listen, addressFile, certificateFile string) error {
	host, _, err := net.SplitHostPort(listen)
	if err != nil {
		return fmt.Errorf("-listen: %w", err)
	}
	certificate, certificateText, err := makeCertificate(host)
	if err != nil {
		return err
	}
	model := simulator.VPX()
	defer model.Remove()
	if err := model.Create(); err != nil {
		return err
	}
	model.Service.RegisterEndpoints = true
	model.Service.Listen = &url.URL{Host: listen, User: url.UserPassword(username, password)}
	model.Service.TLS = &tls.Config{
		Certificates: []tls.Certificate{certificate}, MinVersion: tls.VersionTLS12}
	server := model.Service.NewServer()
	defer server.Close()

	address := url.URL{Scheme: "https", Host: server.URL.Host, Path: "/sdk"}
	text, err := json.Marshal(map[string]any{
		"url": address.String(), "username": username, "password": password, "pid": os.Getpid()})
	if err != nil {
		return err
	}
	// The certificate first: who sees the address may connect.
	if err := writeFile(certificateFile, certificateText); err != nil {
		return err
	}
	if err := writeFile(addressFile, text); err != nil {
		return err
	}
	log.Printf("vcsim listens at %s.", address.String())
	ended := make(chan os.Signal, 1)
	signal.Notify(ended, os.Interrupt, syscall.SIGTERM)
	<-ended
	return nil
}

func main() {
	log.SetFlags(0)
	listen := flag.String("listen", "127.0.0.1:0", "address and port; port 0: any")
	addressFile := flag.String("address-file", "", "file that gets the URL and credentials as JSON")
	certificateFile := flag.String("certificate-file", "", "file that gets the certificate as PEM")
	flag.Parse()
	if flag.NArg() > 0 {
		log.Printf("There is no argument %q; flags begin with -.", flag.Arg(0))
		os.Exit(2)
	}
	if err := run(*listen, *addressFile, *certificateFile); err != nil {
		log.Printf("Cannot start: %v", err)
		os.Exit(2)
	}
}
