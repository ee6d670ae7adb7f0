package sls

import "strings"

// compileLayers makes the layers of the service.
func (s *service) compileLayers() {
	s.requirementsLayer()
	n := s.merged("layers")
	if isNone(n) {
		return
	}
	if !plain(n) {
		s.unread(n, "layers")
		return
	}
	keys := words("allowedAccounts compatibleArchitectures compatibleRuntimes description licenseInfo name package path retain")
	for _, f := range n.Fields {
		l := f.Value
		if !plain(l) {
			s.unread(l, "the layer "+f.Key)
			continue
		}
		s.known(l, "a layer", keys)
		content := first(get(l, "package", "artifact"), get(l, "path"))
		props := obj(f.KeySpan, "LayerName", first(get(l, "name"), value(f.KeySpan, f.Key)), "Content", content,
			"Description", get(l, "description"), "LicenseInfo", get(l, "licenseInfo"), "CompatibleRuntimes", get(l, "compatibleRuntimes"),
			"CompatibleArchitectures", get(l, "compatibleArchitectures"))
		id, from := normal(f.Key)+"LambdaLayer", "layers."+f.Key
		s.add(f.KeySpan, from, id, "AWS::Lambda::LayerVersion", props)
		s.output(id+"QualifiedArn", ref(f.KeySpan, id))
		for _, account := range items(get(l, "allowedAccounts")) {
			who := strings.Replace(shown(account), "*", "Wild", 1)
			s.add(account.Span, from, normal(f.Key)+who+"LambdaLayerPermission", "AWS::Lambda::LayerVersionPermission",
				obj(account.Span, "Action", "lambda:GetLayerVersion", "LayerVersionArn", ref(account.Span, id), "Principal", account))
		}
	}
}

// requirementsLayer makes the layer of libraries that a plug-in packages; what
// it holds is known only then.
func (s *service) requirementsLayer() {
	n := s.value(s.custom.Get("pythonRequirements"))
	if !s.plugins["serverless-python-requirements"] || !truthy(get(n, "layer")) {
		return
	}
	id := "PythonRequirementsLambdaLayer"
	s.add(n.Span, "custom.pythonRequirements", id, "AWS::Lambda::LayerVersion", obj(n.Span, "LayerName", get(n, "layer", "name"),
		"Content", s.unknown("the layer of serverless-python-requirements", n.Span)))
	s.output(id+"QualifiedArn", ref(n.Span, id))
}
