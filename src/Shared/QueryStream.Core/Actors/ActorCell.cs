using System.Collections.Concurrent;

namespace QueryStream.Core.Actors;

/// <summary>
/// One actor with its mailbox, as its executor runs it. The actor itself uses it as its context.
/// The mailbox is unbounded: what may fill it, batches, is bounded by the credit of the channels; the rest are control
/// messages in numbers that depend on the size of the cluster.
/// </summary>
/// <typeparam name="TMessage">What the actor understands.</typeparam>
public sealed class ActorCell<TMessage> : ActorRef<TMessage>, IActorTurn
{
    // How many messages one turn takes before others get their turn.
    private const int MessagesPerTurn = 64;

    private readonly Actor<TMessage> _actor;
    private readonly ConcurrentQueue<TMessage> _mailbox = new();
    private readonly TaskCompletionSource _stopped = new(TaskCreationOptions.RunContinuationsAsynchronously);

    // 1 while a turn is due or running. Its exchange with a full fence is what keeps turns from overlapping and
    // what publishes the actor's state from one turn's thread to the next.
    private int _scheduled = 1;
    private bool _started;
    private bool _stopping;

    internal ActorCell(Executor executor, Actor<TMessage> actor, string name)
    {
        Executor = executor;
        _actor = actor;
        Name = name;
        actor.Attach(this);
    }

    /// <inheritdoc/>
    public override string Name { get; }

    /// <inheritdoc/>
    public override Task Stopped => _stopped.Task;

    /// <summary>Where the actor runs: its clock, its randomness.</summary>
    public Executor Executor { get; }

    /// <summary>The clock.</summary>
    public TimeProvider Time => Executor.Time;

    /// <inheritdoc/>
    public override void Tell(in TMessage message)
    {
        _mailbox.Enqueue(message);
        if (Interlocked.CompareExchange(ref _scheduled, 1, 0) == 0)
        {
            Executor.Schedule(this);
        }
    }

    /// <summary>Sends a message to the actor itself after a while. Dispose what comes back to call it off.</summary>
    public ITimer After(TimeSpan delay, TMessage message) =>
        Time.CreateTimer(_ => Tell(message), null, delay, Timeout.InfiniteTimeSpan);

    /// <summary>Starts work that waits for something outside; its outcome comes back as a message.</summary>
    /// <param name="work">Runs outside of the actor and must not touch its state.</param>
    /// <param name="completed">Makes the message: of null where the work succeeded, else of what it threw.</param>
    public void Start(Func<CancellationToken, Task> work, Func<Exception?, TMessage> completed) =>
        Executor.StartIo(work, exception => Tell(completed(exception)));

    /// <summary>Starts work that waits for something outside and gives a value; the value, or what the work threw, comes back as a message.</summary>
    /// <param name="work">Runs outside of the actor and must not touch its state.</param>
    /// <param name="completed">Makes the message. Called once, on any thread, so it must not touch the actor's state either.</param>
    public void Start<T>(Func<CancellationToken, Task<T>> work, Func<IoResult<T>, TMessage> completed)
    {
        T? value = default;
        Executor.StartIo(
            async cancellationToken => value = await work(cancellationToken).ConfigureAwait(false),
            failure => Tell(completed(failure is null ? new IoResult<T>(value!) : new IoResult<T>(failure))));
    }

    /// <summary>Ends the actor after the current turn.</summary>
    public void Stop() => _stopping = true;

    /// <inheritdoc/>
    void IActorTurn.Run()
    {
        bool more = _stopped.Task.IsCompleted ? DropAll() : Turn();
        if (more || !_mailbox.IsEmpty)
        {
            Executor.Schedule(this);
            return;
        }

        Interlocked.Exchange(ref _scheduled, 0);

        // A message may have come between the look at the mailbox and the exchange; its sender saw 1 and left.
        if (!_mailbox.IsEmpty && Interlocked.CompareExchange(ref _scheduled, 1, 0) == 0)
        {
            Executor.Schedule(this);
        }
    }

    private bool Turn()
    {
        bool more = false;
        bool working = false;
        try
        {
            if (!_started)
            {
                _started = true;
                _actor.OnStart();
            }

            for (int i = 0; i < MessagesPerTurn && !_stopping && _mailbox.TryDequeue(out TMessage? message); i++)
            {
                _actor.Receive(message);
            }

            working = true;
            more = !_stopping && _actor.Work();
        }
        catch (Exception e)
        {
            // What a message threw must not take away the portion of work that was due: it comes with the next turn. Work that threw
            // is not tried again at once, or an actor that cannot do it would never rest.
            more = !working;
            Fault(e);
        }

        return _stopping ? StopNow() : more;
    }

    private bool StopNow()
    {
        try
        {
            _actor.OnStop();
        }
        catch (Exception e)
        {
            Fault(e);
        }

        // Before the stop is announced, so that whoever waits for it finds everything given back.
        DropAll();
        _stopped.SetResult();
        return false;
    }

    private bool DropAll()
    {
        while (_mailbox.TryDequeue(out TMessage? message))
        {
            try
            {
                _actor.OnDropped(message);
            }
            catch (Exception e)
            {
                // The actor has stopped, so there is nobody left in it to be told.
                Executor.Unhandled(Name, e);
            }
        }

        return false;
    }

    private void Fault(Exception exception)
    {
        try
        {
            _actor.OnFault(exception);
        }
        catch (Exception e)
        {
            _stopping = true;
            Executor.Unhandled(Name, new AggregateException(exception, e));
        }
    }
}
