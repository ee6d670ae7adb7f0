// Package function owns the functions of Terraform's language, as Terraform
// and OpenTofu have them, over values that need not be known.
//
// It imports source, value, and go-cty for functions of known arguments. Three
// things never change: an element of an argument that comes back keeps its
// span and its references; what a partly known argument tells is kept and the
// rest stays a hole, a choice or an unresolved value with its reason; and no
// call reads outside the root or makes more than a bounded result.
//
// A list of which not all elements are known ends, or is interrupted, with an
// unresolved element that stands for any number of elements: see Open.
package function
