using QueryStream.Core.Codecs;
using QueryStream.Streams;

[assembly: CodecOf(typeof(Change<>), typeof(ChangeCodec<>))]

namespace QueryStream.Streams;

/// <summary>The effect of a changelog row on its table. The numbers are stored and never change.</summary>
public enum ChangeKind : byte
{
    /// <summary>The row is new.</summary>
    Insert = 0,

    /// <summary>The old row of an update; the <see cref="UpdateAfter"/> of the same key follows.</summary>
    UpdateBefore = 1,

    /// <summary>The new row of an update.</summary>
    UpdateAfter = 2,

    /// <summary>The row is removed.</summary>
    Delete = 3,
}

/// <summary>
/// A row of a changelog, with the kind of change. It is a type of its own, so the compiler keeps it out of operators for append-only streams. Keys
/// are taken from the row: <c>changes.KeyBy(change => change.Row.Id)</c>. In JSON it is an object with <c>op</c> (<c>+I</c>, <c>-U</c>, <c>+U</c> or
/// <c>-D</c>) and <c>row</c>.
/// </summary>
/// <typeparam name="T">The row.</typeparam>
/// <param name="Kind">The kind of change.</param>
/// <param name="Row">The row; of a delete, at least its key.</param>
public readonly record struct Change<T>(ChangeKind Kind, T Row)
{
    /// <summary>Whether the row is in the table after the change: an insert or the new row of an update.</summary>
    public bool IsAddition => Kind is ChangeKind.Insert or ChangeKind.UpdateAfter;

    /// <summary>The text form, as in Flink: <c>+I[row]</c>, <c>-U[row]</c>, <c>+U[row]</c>, <c>-D[row]</c>.</summary>
    public override string ToString() => $"{Change.SymbolOf(Kind)}[{Row}]";
}

/// <summary>Creates rows of changelogs.</summary>
public static class Change
{
    private static readonly string[] Symbols = ["+I", "-U", "+U", "-D"];

    /// <summary>The row is new.</summary>
    public static Change<T> Insert<T>(T row) => new(ChangeKind.Insert, row);

    /// <summary>The old row of an update.</summary>
    public static Change<T> UpdateBefore<T>(T row) => new(ChangeKind.UpdateBefore, row);

    /// <summary>The new row of an update.</summary>
    public static Change<T> UpdateAfter<T>(T row) => new(ChangeKind.UpdateAfter, row);

    /// <summary>The row is removed.</summary>
    public static Change<T> Delete<T>(T row) => new(ChangeKind.Delete, row);

    /// <summary>Converts an append-only stream to a changelog: each row is an insert.</summary>
    public static OperatorStream<Change<T>> ToChangelog<T>(this Stream<T> rows)
    {
        ArgumentNullException.ThrowIfNull(rows);
        OperatorStream<Change<T>> changes = rows.Map(Insert);
        changes.Node.InheritsParallelism = true;
        return changes;
    }

    /// <summary>The operation as Flink writes it: <c>+I</c>, <c>-U</c>, <c>+U</c>, <c>-D</c>.</summary>
    internal static string SymbolOf(ChangeKind kind) => Symbols[(int)kind];

    /// <summary>The kind of an operation's symbol.</summary>
    internal static bool TryParse(ReadOnlySpan<byte> symbol, out ChangeKind kind)
    {
        ChangeKind? found = symbol.SequenceEqual("+I"u8) ? ChangeKind.Insert
            : symbol.SequenceEqual("-U"u8) ? ChangeKind.UpdateBefore
            : symbol.SequenceEqual("+U"u8) ? ChangeKind.UpdateAfter
            : symbol.SequenceEqual("-D"u8) ? ChangeKind.Delete
            : null;
        kind = found.GetValueOrDefault();
        return found is not null;
    }
}

/// <summary>Encodes changes as a tuple of number and row, so that the row type can evolve.</summary>
internal sealed class ChangeCodec<T> : SurrogateCodec<Change<T>, (byte, T)>
{
    protected override (byte, T) To(in Change<T> value) => ((byte)value.Kind, value.Row);

    protected override Change<T> From(in (byte, T) surrogate, CodecReader reader) => surrogate.Item1 <= (byte)ChangeKind.Delete
        ? new Change<T>((ChangeKind)surrogate.Item1, surrogate.Item2)
        : throw reader.Damaged($"the kind of change {surrogate.Item1}");
}
