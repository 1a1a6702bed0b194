module github.com/veridac/veridac/bindings/go

go 1.19
