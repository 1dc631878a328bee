using QueryStream.Core.Codecs;
using QueryStream.Core.Errors;
using QueryStream.Streams.Aggregates;
using QueryStream.Streams.Graph;
using QueryStream.Streams.Windows;

namespace QueryStream.Streams;

/// <content>Windows that keep their rows, which is slower and takes memory for each row.</content>
public sealed partial class WindowedStream<T, TKey>
{
    private Func<Trigger<T>>? CustomTrigger { get; init; }

    private Func<Evictor<T>>? CustomEvictor { get; init; }

    private bool KeepsRows => CustomTrigger is not null || CustomEvictor is not null;

    /// <summary>Sets a custom trigger, which decides when a window fires. The windows then keep their rows.</summary>
    /// <param name="trigger">Creates the trigger of one subtask.</param>
    public WindowedStream<T, TKey> Trigger(Func<Trigger<T>> trigger) => new(this, _rows) { CustomTrigger = trigger };

    /// <summary>Sets an evictor, which removes rows from a window when it fires. The windows then keep their rows.</summary>
    /// <param name="evictor">Creates the evictor of one subtask.</param>
    public WindowedStream<T, TKey> Evict(Func<Evictor<T>> evictor) => new(this, _rows) { CustomEvictor = evictor };

    /// <summary>Runs a function over all rows of each window and key. The windows keep their rows.</summary>
    /// <param name="function">Creates the function of one subtask.</param>
    /// <exception cref="JobDefinitionException">The settings contradict each other, the rows have no codec, or <see cref="OnError"/> was called
    /// before.</exception>
    [StatefulOperator]
    public WindowProcessStream<T, TOut> Process<TOut>(Func<WindowFunction<TKey, T, TOut>> function)
    {
        if (Policy != ErrorPolicy.Fail)
        {
            throw new JobDefinitionException("OnError before Process is not supported: call it on the stream that Process returns.");
        }

        RowWindowNode<T, TKey, TOut> node = AddRowWindow(function);
        if (Settings.Windows[0] is Session sessions)
        {
            function().Open(new NoWindowState(sessions));
        }

        return new WindowProcessStream<T, TOut>(_rows.Job, node.Rows, node.Late);
    }

    private WindowStream<T, TKey, TOut> AggregateRows<TAccumulator, TOut>(Aggregate<T, TAccumulator, TOut> aggregate)
        where TAccumulator : struct
    {
        RowWindowNode<T, TKey, WindowResult<TKey, TOut>> node = AddRowWindow(() => new AggregatingFunction<TKey, T, TAccumulator, TOut>(aggregate));
        return new WindowStream<T, TKey, TOut>(_rows.Job, node.Rows, node.SideOutputOf(node.Late), Settings.Windows, RowCheck);
    }

    private RowWindowNode<T, TKey, TOut> AddRowWindow<TOut>(Func<WindowFunction<TKey, T, TOut>> function)
    {
        CheckSettings();
        Codec<T>.Check();
        if (Settings.Windows.Count > 1)
        {
            throw new JobDefinitionException(
                $"Several kinds of window at once ({Settings}) cannot have a trigger, an evictor or a function: call Window for each kind.");
        }

        if (CustomTrigger is not null && Settings.EarlyInterval is not null)
        {
            throw new JobDefinitionException(
                "Windows with a custom trigger cannot have early results as well: let the trigger fire, and remove Early.");
        }

        WindowSettings settings = Settings;
        Func<Trigger<T>> trigger = CustomTrigger
            ?? (settings.Windows[0] is Global global ? () => new CountTrigger<T>(global) : () => new CloseTrigger<T>(settings));
        RowWindowFunctions<T, TKey, TOut> functions = new(function, trigger, CustomEvictor);
        RowWindowNode<T, TKey, TOut> node = new(_rows.Inputs(new SelectedKeyExchange<T, TKey>(_key)), _key, settings, functions);
        Add(node);
        return node;
    }
}
