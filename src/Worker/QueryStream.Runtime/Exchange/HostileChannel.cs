using QueryStream.Core.Codecs;
using QueryStream.Streams.Batches;

namespace QueryStream.Runtime.Exchange;

/// <summary>Encodes and decodes every element in hostile mode, as a channel between two processes does.</summary>
internal static class HostileChannel
{
    /// <summary>Encodes, releases and decodes an element.</summary>
    public static ChannelElement Pass(in ChannelElement element)
    {
        CodecWriter writer = new();
        ElementCodec.Write(writer, element);
        element.Release();
        return ElementCodec.Read(Frame.Copy(writer.Written));
    }
}
