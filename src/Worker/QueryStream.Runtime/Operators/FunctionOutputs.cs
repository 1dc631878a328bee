using System.Runtime.CompilerServices;
using QueryStream.Core.Time;
using QueryStream.Runtime.Operators.Process;
using QueryStream.Streams.Batches;
using QueryStream.Streams.Functions;

namespace QueryStream.Runtime.Operators;

/// <summary>An output of a function, whatever its rows are.</summary>
internal interface IEmitter : IControlInput
{
    /// <summary>Whether there is a full batch to hand on.</summary>
    bool HasFull { get; }

    /// <summary>Remembers what there is now.</summary>
    void Mark();

    /// <summary>Takes back what was emitted since <see cref="Mark"/>; nothing may have been handed on in between.</summary>
    void Rollback();

    /// <summary>Hands on what was collected. Not while the function runs: what those who take it throw is not the function's.</summary>
    /// <param name="from">The batch that the rows were made of; null: of none.</param>
    void Flush(Batch? from = null);
}

/// <summary>All outputs of a function, whatever its rows are.</summary>
internal interface IFunctionOutputs : IEmitter
{
    /// <summary>Where rows go that the function throws for.</summary>
    RowErrors Errors { get; }

    /// <summary>Whether the function may emit. Outside of its calls nothing would hand on what it emits.</summary>
    bool IsOpen { set; }
}

/// <summary>All outputs of a function. Used in turns of one task.</summary>
/// <typeparam name="T">The rows of the main one.</typeparam>
/// <param name="rows">Takes the rows of the main one.</param>
/// <param name="sides">The side outputs.</param>
/// <param name="errors">The dead letters.</param>
internal sealed class FunctionOutputs<T>(IInput<T> rows, SideEmitters sides, RowErrors errors) : IFunctionOutputs
{
    private readonly RowEmitter<T> _rows = new(rows);

    /// <inheritdoc/>
    public RowErrors Errors => errors;

    /// <inheritdoc/>
    public bool HasFull => _rows.HasFull || sides.HasFull;

    /// <inheritdoc/>
    public bool IsOpen { private get; set; }

    /// <summary>Emits a row.</summary>
    /// <exception cref="InvalidOperationException">The function emits outside of a call; its task fails too, since the caller may be a thread that nobody waits for.</exception>
    public void Emit(in T row, EventTime time)
    {
        if (!IsOpen)
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
            "A function has emitted a row after its call was over, or from another thread, where the row would be lost. Emit before the function returns; use MapAsync to wait for something outside.");
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
