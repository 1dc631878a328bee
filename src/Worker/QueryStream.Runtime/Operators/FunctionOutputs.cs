using System.Runtime.CompilerServices;
using QueryStream.Core.Time;
using QueryStream.Runtime.Operators.Process;
using QueryStream.Runtime.Snapshots;
using QueryStream.Streams.Batches;
using QueryStream.Streams.Functions;

namespace QueryStream.Runtime.Operators;

/// <summary>An output of a function, without its row type.</summary>
internal interface IEmitter : IControlInput
{
    /// <summary>Whether a batch is full.</summary>
    bool HasFull { get; }

    /// <summary>Marks the end of the rows so far.</summary>
    void Mark();

    /// <summary>Removes the rows that were emitted since <see cref="Mark"/>; there must be no <see cref="Flush"/> in between.</summary>
    void Rollback();

    /// <summary>
    /// Sends the rows so far downstream. Must not be called while the function runs, so that what operators downstream throw is not taken for an
    /// exception of the function.
    /// </summary>
    /// <param name="from">The batch that the rows were made from; null if there is none.</param>
    void Flush(Batch? from = null);
}

/// <summary>All outputs of a function, without their row types.</summary>
internal interface IFunctionOutputs : IEmitter
{
    /// <summary>Handles rows for which the function throws.</summary>
    RowErrors Errors { get; }

    /// <summary>Whether the function may emit. Rows that it emitted outside of its calls would never be sent.</summary>
    bool IsOpen { set; }
}

/// <summary>All outputs of a function. Used in turns of one task.</summary>
/// <typeparam name="T">The rows of the main output.</typeparam>
/// <param name="rows">Receives the rows of the main output.</param>
/// <param name="sides">The side outputs.</param>
/// <param name="errors">The dead letters.</param>
/// <param name="counts">Counts the rows of the main output.</param>
internal sealed class FunctionOutputs<T>(IInput<T> rows, SideEmitters sides, RowErrors errors, OperatorRows counts) : IFunctionOutputs
{
    private readonly RowEmitter<T> _rows = new(rows, counts);
    private readonly bool _hasSides = !sides.IsEmpty;

    /// <inheritdoc/>
    public RowErrors Errors => errors;

    /// <inheritdoc/>
    public bool HasFull => _rows.HasFull || (_hasSides && sides.HasFull);

    /// <inheritdoc/>
    public bool IsOpen { private get; set; }

    /// <summary>Emits a row.</summary>
    /// <exception cref="InvalidOperationException">
    /// The function emits outside of a call. Its task fails as well, since the exception may be thrown on a thread where it is lost.
    /// </exception>
    public void Emit(in T row, EventTime time)
    {
        // Checked only for a batch's first row: between portions no batch is open.
        if (_rows.IsEmpty && !IsOpen)
        {
            ThrowClosed();
        }

        _rows.Emit(row, time);
    }

    /// <summary>Emits a row on a side output.</summary>
    /// <exception cref="InvalidOperationException">The function emits outside of a call.</exception>
    public void Emit<TSide>(SideOutput<TSide> output, in TSide row, EventTime time)
    {
        if (!IsOpen)
        {
            ThrowClosed();
        }

        sides.Find(output)?.Emit(row, time);
    }

    /// <inheritdoc/>
    public void Mark()
    {
        _rows.Mark();
        sides.Mark();
    }

    /// <inheritdoc/>
    public void Rollback()
    {
        _rows.Rollback();
        sides.Rollback();
    }

    /// <inheritdoc/>
    public void Flush(Batch? from = null)
    {
        _rows.Flush(from);
        sides.Flush(from);
        errors.Flush();
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void ThrowClosed()
    {
        InvalidOperationException late = new(
            "A function has emitted a row after its call was over, or from another thread, where the row would be lost. "
            + "Emit before the function returns; use MapAsync to wait for something outside.");
        errors.FailTask(late);
        throw late;
    }

    /// <inheritdoc/>
    public void OnControl(in Control control)
    {
        _rows.OnControl(control);
        sides.OnControl(control);
        errors.OnControl(control);
    }
}
