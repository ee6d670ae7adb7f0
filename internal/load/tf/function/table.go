package function

import (
	"net/url"
	"strconv"

	"github.com/zclconf/go-cty/cty/function/stdlib"

	"github.com/remit-security/remit/internal/value"
)

// A function is one row of the table: how many arguments it takes (max < 0
// for any number) and what it does.
type function struct {
	min, max int
	do       func(*call) *value.Value
	// whole functions take arguments as they are, choices included.
	whole bool
	// private functions must not show their arguments.
	private bool
}

func (f function) arity() string {
	switch {
	case f.max < 0:
		return strconv.Itoa(f.min) + " or more are needed"
	case f.min < f.max:
		return strconv.Itoa(f.min) + " to " + strconv.Itoa(f.max) + " are needed"
	}
	return strconv.Itoa(f.min) + " are needed"
}

const many = -1

// functions are those of Terraform 1.13 and OpenTofu 1.10.
// https://developer.hashicorp.com/terraform/language/functions
// https://opentofu.org/docs/language/functions
var functions = map[string]function{
	// Numbers.
	"abs":      {min: 1, max: 1, do: numeric(stdlib.AbsoluteFunc)},
	"ceil":     {min: 1, max: 1, do: numeric(stdlib.CeilFunc)},
	"floor":    {min: 1, max: 1, do: numeric(stdlib.FloorFunc)},
	"log":      {min: 2, max: 2, do: numeric(stdlib.LogFunc)},
	"max":      {min: 1, max: many, do: numeric(stdlib.MaxFunc)},
	"min":      {min: 1, max: many, do: numeric(stdlib.MinFunc)},
	"parseint": {min: 2, max: 2, do: (*call).parseint},
	"pow":      {min: 2, max: 2, do: numeric(stdlib.PowFunc)},
	"signum":   {min: 1, max: 1, do: numeric(stdlib.SignumFunc)},

	// Strings.
	"chomp":          {min: 1, max: 1, do: (*call).chomp},
	"endswith":       {min: 2, max: 2, do: (*call).endswith},
	"format":         {min: 1, max: many, do: (*call).format},
	"formatlist":     {min: 1, max: many, do: (*call).formatlist},
	"indent":         {min: 2, max: 2, do: (*call).indent},
	"join":           {min: 2, max: many, do: (*call).join},
	"lower":          {min: 1, max: 1, do: (*call).lower},
	"regex":          {min: 2, max: 2, do: (*call).regex},
	"regexall":       {min: 2, max: 2, do: (*call).regexall},
	"replace":        {min: 3, max: 3, do: (*call).replace},
	"split":          {min: 2, max: 2, do: (*call).split},
	"startswith":     {min: 2, max: 2, do: (*call).startswith},
	"strcontains":    {min: 2, max: 2, do: (*call).strcontains},
	"strrev":         {min: 1, max: 1, do: (*call).strrev},
	"substr":         {min: 3, max: 3, do: (*call).substr},
	"templatestring": {min: 2, max: 2, do: (*call).templatestring},
	"title":          {min: 1, max: 1, do: (*call).title},
	"trim":           {min: 2, max: 2, do: (*call).trim},
	"trimprefix":     {min: 2, max: 2, do: (*call).trimprefix},
	"trimspace":      {min: 1, max: 1, do: (*call).trimspace},
	"trimsuffix":     {min: 2, max: 2, do: (*call).trimsuffix},
	"upper":          {min: 1, max: 1, do: (*call).upper},

	// Collections.
	"alltrue":                {min: 1, max: 1, do: (*call).alltrue},
	"anytrue":                {min: 1, max: 1, do: (*call).anytrue},
	"chunklist":              {min: 2, max: 2, do: (*call).chunklist},
	"coalesce":               {min: 1, max: many, do: (*call).coalesce},
	"coalescelist":           {min: 1, max: many, do: (*call).coalescelist},
	"compact":                {min: 1, max: 1, do: (*call).compact},
	"concat":                 {min: 1, max: many, do: (*call).concat},
	"contains":               {min: 2, max: 2, do: (*call).contains},
	"defaults":               {min: 2, max: 2, do: (*call).defaults},
	"distinct":               {min: 1, max: 1, do: (*call).distinct},
	"element":                {min: 2, max: 2, do: (*call).element},
	"flatten":                {min: 1, max: 1, do: (*call).flatten},
	"index":                  {min: 2, max: 2, do: (*call).index},
	"keys":                   {min: 1, max: 1, do: (*call).keys},
	"length":                 {min: 1, max: 1, do: (*call).length},
	"lookup":                 {min: 2, max: 3, do: (*call).lookup},
	"matchkeys":              {min: 3, max: 3, do: (*call).matchkeys},
	"merge":                  {min: 0, max: many, do: (*call).merge},
	"one":                    {min: 1, max: 1, do: (*call).one},
	"range":                  {min: 1, max: 3, do: (*call).span},
	"reverse":                {min: 1, max: 1, do: (*call).reverse},
	"setintersection":        {min: 1, max: many, do: (*call).setintersection},
	"setproduct":             {min: 1, max: many, do: (*call).setproduct},
	"setsubtract":            {min: 2, max: 2, do: (*call).setsubtract},
	"setsymmetricdifference": {min: 1, max: many, do: (*call).setsymmetricdifference},
	"setunion":               {min: 1, max: many, do: (*call).setunion},
	"slice":                  {min: 3, max: 3, do: (*call).slice},
	"sort":                   {min: 1, max: 1, do: (*call).sort},
	"sum":                    {min: 1, max: 1, do: (*call).sum},
	"transpose":              {min: 1, max: 1, do: (*call).transpose},
	"values":                 {min: 1, max: 1, do: (*call).values},
	"zipmap":                 {min: 2, max: 2, do: (*call).zipmap},

	// Encodings.
	"base64decode":     {min: 1, max: 1, do: (*call).base64decode, private: true},
	"base64encode":     {min: 1, max: 1, do: encoded(base64encode)},
	"base64gunzip":     {min: 1, max: 1, do: encoded(base64gunzip)},
	"base64gzip":       {min: 1, max: 1, do: encoded(base64gzip)},
	"csvdecode":        {min: 1, max: 1, do: (*call).csvdecode},
	"jsondecode":       {min: 1, max: 1, do: (*call).jsondecode},
	"jsonencode":       {min: 1, max: 1, do: (*call).jsonencode},
	"textdecodebase64": {min: 2, max: 2, do: (*call).textdecodebase64},
	"textencodebase64": {min: 2, max: 2, do: (*call).textencodebase64},
	"urldecode":        {min: 1, max: 1, do: encoded(url.QueryUnescape)},
	"urlencode":        {min: 1, max: 1, do: (*call).urlencode},
	"yamldecode":       {min: 1, max: 1, do: (*call).yamldecode},
	"yamlencode":       {min: 1, max: 1, do: (*call).yamlencode},

	// Files.
	"abspath":          {min: 1, max: 1, do: (*call).abspath},
	"basename":         {min: 1, max: 1, do: (*call).basename},
	"dirname":          {min: 1, max: 1, do: (*call).dirname},
	"file":             {min: 1, max: 1, do: (*call).file},
	"filebase64":       {min: 1, max: 1, do: digested(plainBase64)},
	"filebase64sha256": {min: 1, max: 1, do: digested(sha256Base64)},
	"filebase64sha512": {min: 1, max: 1, do: digested(sha512Base64)},
	"fileexists":       {min: 1, max: 1, do: (*call).fileexists},
	"filemd5":          {min: 1, max: 1, do: digested(md5Hex)},
	"fileset":          {min: 2, max: 2, do: (*call).fileset},
	"filesha1":         {min: 1, max: 1, do: digested(sha1Hex)},
	"filesha256":       {min: 1, max: 1, do: digested(sha256Hex)},
	"filesha512":       {min: 1, max: 1, do: digested(sha512Hex)},
	"pathexpand":       {min: 1, max: 1, do: (*call).pathexpand},
	"templatefile":     {min: 2, max: 2, do: (*call).templatefile},

	// Hashes and keys.
	"base64sha256": {min: 1, max: 1, do: hashed(sha256Base64), private: true},
	"base64sha512": {min: 1, max: 1, do: hashed(sha512Base64), private: true},
	"bcrypt":       {min: 1, max: 2, do: (*call).salted, private: true},
	"md5":          {min: 1, max: 1, do: hashed(md5Hex), private: true},
	"rsadecrypt":   {min: 2, max: 2, do: (*call).decrypted, private: true},
	"sha1":         {min: 1, max: 1, do: hashed(sha1Hex), private: true},
	"sha256":       {min: 1, max: 1, do: hashed(sha256Hex), private: true},
	"sha512":       {min: 1, max: 1, do: hashed(sha512Hex), private: true},
	"uuid":         {min: 0, max: 0, do: (*call).fresh},
	"uuidv5":       {min: 2, max: 2, do: (*call).uuidv5},

	// Networks.
	"cidrcontains": {min: 2, max: 2, do: (*call).cidrcontains},
	"cidrhost":     {min: 2, max: 2, do: (*call).cidrhost},
	"cidrnetmask":  {min: 1, max: 1, do: (*call).cidrnetmask},
	"cidrsubnet":   {min: 3, max: 3, do: (*call).cidrsubnet},
	"cidrsubnets":  {min: 1, max: many, do: (*call).cidrsubnets},

	// Dates.
	"formatdate":    {min: 2, max: 2, do: (*call).formatdate},
	"plantimestamp": {min: 0, max: 0, do: (*call).moment},
	"timeadd":       {min: 2, max: 2, do: (*call).timeadd},
	"timecmp":       {min: 2, max: 2, do: (*call).timecmp},
	"timestamp":     {min: 0, max: 0, do: (*call).moment},

	// Types.
	"convert":         {min: 2, max: 2, do: (*call).convert},
	"ephemeralasnull": {min: 1, max: 1, do: (*call).same, whole: true},
	"issensitive":     {min: 1, max: 1, do: (*call).either, whole: true},
	"nonsensitive":    {min: 1, max: 1, do: (*call).same, whole: true},
	"sensitive":       {min: 1, max: 1, do: (*call).same, whole: true},
	"tobool":          {min: 1, max: 1, do: (*call).tobool},
	"tolist":          {min: 1, max: 1, do: (*call).tolist},
	"tomap":           {min: 1, max: 1, do: (*call).tomap},
	"tonumber":        {min: 1, max: 1, do: (*call).tonumber},
	"toset":           {min: 1, max: 1, do: (*call).toset},
	"tostring":        {min: 1, max: 1, do: (*call).tostring},
	"type":            {min: 1, max: 1, do: (*call).typeOf},
}
