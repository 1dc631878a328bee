using QueryStream.Core.Errors;

namespace QueryStream.Core.Codecs;

/// <summary>Bytes are not what a codec writes: damaged, cut off, or of another layout.</summary>
public sealed class CodecException(string message) : QueryStreamException(message)
{
    /// <inheritdoc/>
    public override ErrorCode Code => ErrorCode.DamagedBytes;

    /// <inheritdoc/>
    public override ErrorDomain Domain => ErrorDomain.Internal;
}
