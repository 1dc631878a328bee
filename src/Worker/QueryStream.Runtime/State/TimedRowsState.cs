using QueryStream.Core.Codecs;

namespace QueryStream.Runtime.State;

/// <summary>Rows per key, ordered by event time. In snapshots an item is (key, time, mark, row).</summary>
/// <typeparam name="T">The rows.</typeparam>
internal abstract class TimedRowsState<T>
{
    private readonly CodecWriter _scratch = new();

    /// <summary>The rows of the selected key, to be read and changed until the key is released; null if it has none.</summary>
    public abstract TimedRows<T>? Find();

    /// <summary>As <see cref="Find"/>, but creates an empty list if the key has none; a row must then be added.</summary>
    public abstract TimedRows<T> ForWrite();

    /// <summary>Removes the first rows of the selected key. <paramref name="rows"/> must not be used after its last row is removed.</summary>
    public abstract void DropFirst(TimedRows<T> rows, int count);

    /// <summary>A copy of a row that can be kept.</summary>
    public T Kept(in T row) => KeptValue<T>.Of(row, _scratch);
}
