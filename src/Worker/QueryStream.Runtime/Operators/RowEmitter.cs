using QueryStream.Core.Time;
using QueryStream.Streams.Batches;

namespace QueryStream.Runtime.Operators;

/// <summary>Collects rows that a function emits one by one into batches. Used in turns of one task.</summary>
/// <typeparam name="T">The rows.</typeparam>
/// <param name="output">Takes the batches.</param>
internal sealed class RowEmitter<T>(IInput<T> output) : IEmitter
{
    private Batch<T>? _batch;

    /// <summary>Adds a row, and hands on the batch where it is full.</summary>
    public void Emit(in T row, EventTime time)
    {
        _batch ??= Batch<T>.Rent();
        _batch.Add(row, time);
        if (_batch.IsFull)
        {
            Flush();
        }
    }

    /// <inheritdoc/>
    public void Flush()
    {
        if (_batch is { } batch)
        {
            _batch = null;
            output.OnBatch(batch);
            batch.Release();
        }
    }

    /// <inheritdoc/>
    public void OnControl(in Control control) => output.OnControl(control);
}
