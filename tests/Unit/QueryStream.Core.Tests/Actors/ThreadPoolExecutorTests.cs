using QueryStream.Core.Actors;
using QueryStream.TestKit;

namespace QueryStream.Core.Tests.Actors;

public sealed class ThreadPoolExecutorTests : IDisposable
{
    private readonly ManualTime _time = new();
    private readonly List<string> _defects = [];
    private readonly ThreadPoolExecutor _executor;

    public ThreadPoolExecutorTests() => _executor = new ThreadPoolExecutor(_time, (actor, exception) =>
    {
        lock (_defects)
        {
            _defects.Add($"{actor}: {exception.Message}");
        }
    });

    public void Dispose() => _executor.Dispose();

    [Fact]
    public async Task Under_stress_turns_do_not_overlap_and_no_message_is_lost_or_overtaken()
    {
        const int Senders = 4;
        const int Messages = 100_000;
        CountingActor counter = new(Senders);
        ActorRef<(int Sender, int Number)> actor = _executor.Start("counter", counter);
        Thread[] threads = [.. Enumerable.Range(0, Senders).Select(sender => new Thread(() => Send(actor, sender, Messages)))];
        Array.ForEach(threads, thread => thread.Start());
        Array.ForEach(threads, thread => thread.Join());
        await Wait.WhileProgressAsync("all messages", () => counter.Received == Senders * Messages, () => counter.Received);
        Assert.Null(counter.Broken);
        Assert.Empty(_defects);
    }

    [Fact]
    public async Task A_message_that_meets_the_end_of_a_turn_still_wakes_the_actor()
    {
        // Sends each message near the end of the previous message's turn, slightly later each time.
        const int Rounds = 100_000;
        EndOfTurnActor counter = new();
        ActorRef<int> actor = _executor.Start("counter", counter);
        using CancellationTokenSource giveUp = new();
        Thread sender = new(() =>
        {
            for (int i = 0; i < Rounds && !giveUp.IsCancellationRequested; i++)
            {
                for (int spins = 1; counter.Received < i && !giveUp.IsCancellationRequested; spins++)
                {
                    if (spins % 1000 == 0)
                    {
                        Thread.Yield();
                    }
                }

                Thread.SpinWait(i % 16);
                actor.Tell(i);
            }
        });
        sender.Start();
        try
        {
            // On a busy machine each round may take a time slice of every other thread, so there is no limit for all of them together.
            await Wait.WhileProgressAsync("every message to be received", () => counter.Received == Rounds, () => counter.Received);
        }
        finally
        {
            await giveUp.CancelAsync();
            sender.Join();
        }
    }

    [Fact]
    public async Task Messages_that_race_with_a_stop_are_received_or_dropped()
    {
        for (int round = 0; round < 200; round++)
        {
            StoppingActor stopping = new();
            ActorRef<int> actor = _executor.Start("stopping", stopping);
            Thread sender = new(() =>
            {
                for (int i = 0; i < 100; i++)
                {
                    actor.Tell(i);
                }
            });
            sender.Start();
            await Wait.ForAsync("the stop", actor.Stopped);
            sender.Join();
            await Wait.UntilAsync("every message to be accounted for", () => stopping.Received + stopping.Dropped == 100);
        }
    }

    [Fact]
    public async Task Io_runs_outside_of_the_actor_and_its_result_arrives_in_a_turn()
    {
        IoActor actor = new(token => Task.Delay(TimeSpan.FromSeconds(1), _time, token));
        _executor.Start("io", actor);
        await Wait.UntilAsync("the delay to begin", () => _time.Timers == 1);
        Assert.Equal(0, actor.Completed);
        _time.Advance(TimeSpan.FromSeconds(1));
        await Wait.UntilAsync("the outcome", () => actor.Completed == 1);
        Assert.Null(actor.Outcome);
    }

    [Fact]
    public async Task Io_that_throws_before_its_first_await_reports_the_exception()
    {
        IoActor actor = new(_ => throw new DivideByZeroException());
        _executor.Start("io", actor);
        await Wait.UntilAsync("the outcome", () => actor.Completed == 1);
        Assert.IsType<DivideByZeroException>(actor.Outcome);
    }

    [Fact]
    public async Task Disposing_cancels_io_and_notifies_the_actor()
    {
        IoActor actor = new(token => Task.Delay(Timeout.InfiniteTimeSpan, _time, token));
        _executor.Start("io", actor);
        _executor.Dispose();
        await Wait.UntilAsync("the outcome", () => actor.Completed == 1);
        Assert.IsType<TaskCanceledException>(actor.Outcome, exactMatch: false);
    }

    [Fact]
    public async Task Io_that_is_started_after_the_disposal_is_cancelled_and_the_actor_lives()
    {
        _executor.Dispose();
        IoActor actor = new(_ => Task.CompletedTask);
        _executor.Start("io", actor);
        await Wait.UntilAsync("the outcome", () => actor.Completed == 1);
        Assert.IsType<TaskCanceledException>(actor.Outcome, exactMatch: false);
        Assert.Empty(_defects);
    }

    [Fact]
    public async Task A_completion_that_throws_is_a_defect()
    {
        ProbeActor probe = new() { Starting = self => self.Cell.Start(_ => Task.CompletedTask, _ => throw new NotSupportedException("no message")) };
        _executor.Start("probe", probe);
        await Wait.UntilAsync("the defect", () => Defects() == "completion of I/O: no message", seen: Defects);
    }

    [Fact]
    public void Random_numbers_differ()
    {
        HashSet<ulong> numbers = [.. Enumerable.Range(0, 1000).Select(_ => _executor.NextRandom())];
        Assert.Equal(1000, numbers.Count);
        Assert.NotEqual(_executor.NewId(), _executor.NewId());
    }

    private static void Send(ActorRef<(int Sender, int Number)> actor, int sender, int messages)
    {
        for (int i = 0; i < messages; i++)
        {
            actor.Tell((sender, i));
        }
    }

    private string Defects()
    {
        lock (_defects)
        {
            return string.Join("; ", _defects);
        }
    }

    private sealed class CountingActor(int senders) : Actor<(int Sender, int Number)>
    {
        private readonly int[] _next = new int[senders];
        private int _inside;
        private int _received;
        private string? _broken;

        public int Received => Volatile.Read(ref _received);

        public string? Broken => Volatile.Read(ref _broken);

        protected internal override void Receive(in (int Sender, int Number) message)
        {
            // A concurrent turn would see that the first one is inside.
            if (Interlocked.Increment(ref _inside) != 1)
            {
                _broken ??= "two turns at a time";
            }

            if (_next[message.Sender]++ != message.Number)
            {
                _broken ??= $"message {message.Number} of sender {message.Sender} out of order";
            }

            _received++;
            Interlocked.Decrement(ref _inside);
        }

        protected internal override void OnFault(Exception exception) => _broken ??= exception.Message;
    }

    private sealed class EndOfTurnActor : Actor<int>
    {
        private int _inTurn;
        private int _received;

        public int Received => Volatile.Read(ref _received);

        protected internal override void Receive(in int message) => _inTurn++;

        protected internal override bool Work()
        {
            Volatile.Write(ref _received, _inTurn);
            return false;
        }

        protected internal override void OnFault(Exception exception) => Context.Stop();
    }

    private sealed class StoppingActor : Actor<int>
    {
        private int _received;
        private int _dropped;

        public int Received => Volatile.Read(ref _received);

        public int Dropped => Volatile.Read(ref _dropped);

        protected internal override void Receive(in int message)
        {
            _received++;
            if (message == 50)
            {
                Context.Stop();
            }
        }

        protected internal override void OnDropped(in int message) => Volatile.Write(ref _dropped, _dropped + 1);

        protected internal override void OnFault(Exception exception) => Context.Stop();
    }

    private sealed class IoActor(Func<CancellationToken, Task> work) : Actor<Exception?>
    {
        private int _completed;

        public Exception? Outcome { get; private set; }

        public int Completed => Volatile.Read(ref _completed);

        protected internal override void OnStart() => Context.Start(work, failure => failure);

        protected internal override void Receive(in Exception? message)
        {
            Outcome = message;
            Volatile.Write(ref _completed, _completed + 1);
        }

        protected internal override void OnFault(Exception exception) => Context.Stop();
    }
}
