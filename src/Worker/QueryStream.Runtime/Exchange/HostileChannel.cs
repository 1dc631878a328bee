using QueryStream.Core.Codecs;
using QueryStream.Streams.Batches;

namespace QueryStream.Runtime.Exchange;

/// <summary>What hostile mode does on a channel: each element goes through its bytes, as it would between two processes.</summary>
internal static class HostileChannel
{
    /// <summary>Gives an element back, for one that was read from its bytes.</summary>
    public static ChannelElement Pass(in ChannelElement element)
    {
        CodecWriter writer = new();
        ElementCodec.Write(writer, element);
        element.Release();
        return ElementCodec.Read(Frame.Copy(writer.Written));
    }
}
