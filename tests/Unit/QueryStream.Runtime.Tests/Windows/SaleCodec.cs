using QueryStream.Core.Codecs;
using QueryStream.Runtime.Tests.Windows;

[assembly: CodecOf(typeof(Sale), typeof(SaleCodec))]

namespace QueryStream.Runtime.Tests.Windows;

internal sealed class SaleCodec : SurrogateCodec<Sale, (int, long)>
{
    protected override (int, long) To(in Sale value) => (value.Key, value.Time);

    protected override Sale From(in (int, long) surrogate, CodecReader reader) => new(surrogate.Item1, surrogate.Item2);
}
