namespace QueryStream.Connectors.Files;

/// <summary>Finds where the records of one file end. Used by one thread.</summary>
public interface IRecordFramer
{
    /// <summary>
    /// Finds the end of the first record. Called again with more bytes of the same record where it is not all there; so it may remember how
    /// far it has looked.
    /// </summary>
    /// <param name="bytes">Begin with the record.</param>
    /// <returns>The length of the record with its line end; -1 if that is not among the bytes. After a length, the next call is about the next record.</returns>
    int FindEnd(ReadOnlySpan<byte> bytes);

    /// <summary>Whether, as far as was looked, the record is within a quotation that has not ended: only that makes line ends part of a record.</summary>
    bool IsQuoted { get; }

    /// <summary>Forgets the record that was begun; the next call is about another one.</summary>
    void Reset();
}
