namespace QueryStream.Core.Codecs;

/// <summary>A member as it lies in the bytes of another version of a record.</summary>
/// <param name="Member">The index of the member that it is now; -1 for one that is gone.</param>
/// <param name="Written">Its layout.</param>
public readonly record struct RecordStep(int Member, Schema Written)
{
    /// <summary>Goes past the bytes of a member that is gone.</summary>
    /// <exception cref="CodecException">They are not what this layout has.</exception>
    public void Skip(CodecReader reader) => Written.Skip(reader);
}
