using QueryStream.Core.Codecs;
using QueryStream.Core.Errors;
using QueryStream.Streams.Aggregates;
using QueryStream.Streams.Graph;
using QueryStream.Streams.Windows;

namespace QueryStream.Streams;

/// <content>Windows that keep their rows: what needs that is slower, and takes memory for each row.</content>
public sealed partial class WindowedStream<T, TKey>
{
    private Func<Trigger<T>>? OwnTrigger { get; init; }

    private Func<Evictor<T>>? OwnEvictor { get; init; }

    private bool KeepsRows => OwnTrigger is not null || OwnEvictor is not null;

    /// <summary>Lets a trigger of one's own decide when a window gives results. The windows then keep their rows.</summary>
    /// <param name="trigger">Makes the trigger of one subtask.</param>
    public WindowedStream<T, TKey> Trigger(Func<Trigger<T>> trigger) => new(this, _rows) { OwnTrigger = trigger };

    /// <summary>Lets an evictor of one's own take rows out of a window when it gives a result. The windows then keep their rows.</summary>
    /// <param name="evictor">Makes the evictor of one subtask.</param>
    public WindowedStream<T, TKey> Evict(Func<Evictor<T>> evictor) => new(this, _rows) { OwnEvictor = evictor };

    /// <summary>Runs a function over all rows of each window and key. The windows keep their rows for it.</summary>
    /// <param name="function">Makes the function of one subtask.</param>
    /// <exception cref="JobDefinitionException">The settings contradict each other, the rows have no codec, or a policy for errors was said before.</exception>
    [StatefulOperator]
    public WindowProcessStream<T, TOut> Process<TOut>(Func<WindowFunction<TKey, T, TOut>> function)
    {
        if (Policy != ErrorPolicy.Fail)
        {
            throw new JobDefinitionException("OnError of windows is about aggregates: say it behind Process, of what Process gives.");
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
        RowWindowNode<T, TKey, WindowResult<TKey, TOut>> node = AddRowWindow(() => new FoldFunction<TKey, T, TAccumulator, TOut>(aggregate));
        return new WindowStream<T, TKey, TOut>(_rows.Job, node.Rows, node.SideOutputOf(node.Late), Settings.Windows, RowCheck);
    }

    private RowWindowNode<T, TKey, TOut> AddRowWindow<TOut>(Func<WindowFunction<TKey, T, TOut>> function)
    {
        CheckSettings();
        Codec<T>.Check();
        if (Settings.Windows.Count > 1)
        {
            throw new JobDefinitionException(
                $"Several kinds of window at once ({Settings}) can have no trigger, evictor or function of their own: take one kind each.");
        }

        if (OwnTrigger is not null && Settings.EarlyInterval is not null)
        {
            throw new JobDefinitionException("Windows with a trigger of their own can have no early results besides: let the trigger fire, and leave out Early.");
        }

        WindowSettings settings = Settings;
        Func<Trigger<T>> trigger = OwnTrigger
            ?? (settings.Windows[0] is Global global ? () => new CountTrigger<T>(global) : () => new CloseTrigger<T>(settings));
        RowWindowNode<T, TKey, TOut> node = new(
            _rows.Inputs(new SelectedKeyExchange<T, TKey>(_key)), _key, settings, new RowWindowFunctions<T, TKey, TOut>(function, trigger, OwnEvictor));
        Add(node);
        return node;
    }
}
