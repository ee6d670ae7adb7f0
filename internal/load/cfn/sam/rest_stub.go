package sam

func (x *expansion) stateMachine(d *decl) {}
func (x *expansion) webSocket(d *decl)    {}
func (x *expansion) graphQL(d *decl)      {}
func (x *expansion) connector(d *decl)    {}
func (x *expansion) embeddedConnectors()  {}
