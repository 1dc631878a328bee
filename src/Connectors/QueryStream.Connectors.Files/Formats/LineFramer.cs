namespace QueryStream.Connectors.Files.Formats;

/// <summary>Records that end with their line.</summary>
internal sealed class LineFramer : IRecordFramer
{
    private int _looked;

    public bool IsQuoted => false;

    public int FindEnd(ReadOnlySpan<byte> bytes)
    {
        int end = bytes[_looked..].IndexOf((byte)'\n');
        if (end < 0)
        {
            _looked = bytes.Length;
            return -1;
        }

        int length = _looked + end + 1;
        _looked = 0;
        return length;
    }

    public void Reset() => _looked = 0;
}
