using QueryStream.Core.Actors;

namespace QueryStream.TestKit.Tests;

public sealed class SimulatedExecutorTests
{
    [Fact]
    public void Nothing_runs_before_it_is_told_to()
    {
        using SimulatedExecutor executor = new();
        Recorder recorder = new();
        ActorRef<string> actor = executor.Start("recorder", recorder);
        actor.Tell("a");
        Assert.Empty(recorder.Seen);
        executor.RunUntilIdle();
        Assert.Equal(["a"], recorder.Seen);
        Assert.Equal(0, executor.DueCount);
    }

    [Fact]
    public void The_same_seed_gives_the_same_order_and_trace()
    {
        (string First, ulong Trace) a = Race(seed: 42);
        (string First, ulong Trace) b = Race(seed: 42);
        Assert.Equal(a, b);
    }

    [Fact]
    public void Other_seeds_give_other_orders()
    {
        HashSet<string> winners = [];
        HashSet<ulong> traces = [];
        for (ulong seed = 0; seed < 50; seed++)
        {
            (string first, ulong trace) = Race(seed);
            winners.Add(first);
            traces.Add(trace);
        }

        Assert.Equal(["0", "1", "2", "3"], winners.Order());
        Assert.True(traces.Count > 10);
    }

    [Fact]
    public void The_trace_of_a_seed_is_the_same_in_every_process() => Assert.Equal(9998196702513965512UL, Race(seed: 7).Trace);

    [Fact]
    public void Advancing_goes_from_timer_to_timer_and_runs_what_each_makes_due()
    {
        using SimulatedExecutor executor = new();
        Recorder recorder = new();
        executor.Start("recorder", recorder);
        executor.RunUntilIdle();
        recorder.Later("b", 20);
        recorder.Later("a", 10);
        executor.Advance(TimeSpan.FromMilliseconds(15));
        Assert.Equal(["a@10"], recorder.Seen);
        executor.Advance(TimeSpan.FromMilliseconds(15));
        Assert.Equal(["a@10", "b@20"], recorder.Seen);
        Assert.Equal(ManualTime.DefaultStart.AddMilliseconds(30), executor.Clock.GetUtcNow());
    }

    [Fact]
    public void Advancing_until_stops_at_the_first_timer_that_makes_it_true()
    {
        using SimulatedExecutor executor = new();
        Recorder recorder = new();
        executor.Start("recorder", recorder);
        recorder.Later("a", 10);
        recorder.Later("b", 20);
        executor.AdvanceUntil("a", () => recorder.Seen.Count == 1, TimeSpan.FromMinutes(1));
        Assert.Equal(ManualTime.DefaultStart.AddMilliseconds(10), executor.Clock.GetUtcNow());
        TimeoutException failure = Assert.Throws<TimeoutException>(
            () => executor.AdvanceUntil("a miracle", () => recorder.Seen.Count == 3, TimeSpan.FromMinutes(1)));
        Assert.Contains("a miracle", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Io_starts_when_it_is_drawn_and_its_outcome_comes_back_as_a_message()
    {
        using SimulatedExecutor executor = new();
        IoActor actor = new(token => Task.Delay(TimeSpan.FromSeconds(1), executor.Time, token));
        executor.Start("io", actor);
        executor.RunUntilIdle();
        Assert.Equal(1, executor.PendingIo);
        Assert.Empty(actor.Outcomes);
        executor.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(0, executor.PendingIo);
        Assert.Null(Assert.Single(actor.Outcomes));
    }

    [Fact]
    public void Io_that_throws_gives_its_exception_back()
    {
        using SimulatedExecutor executor = new();
        IoActor sync = new(_ => throw new DivideByZeroException());
        IoActor faulted = new(_ => Task.FromException(new DivideByZeroException()));
        executor.Start("sync", sync);
        executor.Start("faulted", faulted);
        executor.RunUntilIdle();
        Assert.IsType<DivideByZeroException>(Assert.Single(sync.Outcomes));
        Assert.IsType<DivideByZeroException>(Assert.Single(faulted.Outcomes));
    }

    [Fact]
    public void Disposing_cancels_io_and_the_actor_hears_of_it()
    {
        SimulatedExecutor executor = new();
        IoActor actor = new(UntilCancelled);
        executor.Start("io", actor);
        executor.RunUntilIdle();
        executor.Dispose();
        Assert.Equal(1, executor.DueCount);
        executor.RunUntilIdle();
        Assert.Equal(0, executor.PendingIo);
        Assert.IsType<TaskCanceledException>(Assert.Single(actor.Outcomes));
    }

    [Fact]
    public void A_defect_is_thrown_at_the_test()
    {
        using SimulatedExecutor executor = new(seed: 99);
        executor.Start("broken", new BrokenActor());
        AggregateException failure = Assert.Throws<AggregateException>(executor.RunUntilIdle);
        Assert.Contains("broken", failure.InnerException!.Message, StringComparison.Ordinal);
        Assert.Contains("99", failure.InnerException.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Actors_that_never_rest_are_named()
    {
        using SimulatedExecutor executor = new();
        executor.Start("restless", new RestlessActor());
        InvalidOperationException failure = Assert.Throws<InvalidOperationException>(executor.RunUntilIdle);
        Assert.Contains("restless", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_turn_must_not_run_the_executor()
    {
        using SimulatedExecutor executor = new();
        Recorder recorder = new(onMessage: executor.RunUntilIdle);
        executor.Start("recorder", recorder).Tell("a");
        executor.RunUntilIdle();
        Assert.IsType<InvalidOperationException>(Assert.Single(recorder.Faults));
    }

    private static Task UntilCancelled(CancellationToken cancellationToken)
    {
        TaskCompletionSource cancelled = new();
        cancellationToken.Register(() => cancelled.TrySetCanceled(cancellationToken));
        return cancelled.Task;
    }

    // Four actors are due at once. The test compares which one runs first, and the traces.
    private static (string First, ulong Trace) Race(ulong seed)
    {
        using SimulatedExecutor executor = new(seed);
        List<string> order = [];
        for (int i = 0; i < 4; i++)
        {
            string name = i.ToString(System.Globalization.CultureInfo.InvariantCulture);
            executor.Start(name, new Recorder(() => order.Add(name))).Tell("go");
        }

        executor.RunUntilIdle();
        return (order[0], executor.Trace);
    }

    private sealed class Recorder(Action? onMessage = null) : Actor<string>
    {
        public List<string> Seen { get; } = [];

        public List<Exception> Faults { get; } = [];

        public void Later(string message, int milliseconds) =>
            Context.After(TimeSpan.FromMilliseconds(milliseconds), $"{message}@{milliseconds}");

        protected override void Receive(in string message)
        {
            Seen.Add(message);
            onMessage?.Invoke();
        }

        protected override void OnFault(Exception exception) => Faults.Add(exception);
    }

    private sealed class IoActor(Func<CancellationToken, Task> work) : Actor<Exception?>
    {
        public List<Exception?> Outcomes { get; } = [];

        protected override void OnStart() => Context.Start(work, failure => failure);

        protected override void Receive(in Exception? message) => Outcomes.Add(message);

        protected override void OnFault(Exception exception) => Context.Stop();
    }

    private sealed class BrokenActor : Actor<string>
    {
        protected override void OnStart() => throw new DivideByZeroException();

        protected override void Receive(in string message)
        {
        }

        protected override void OnFault(Exception exception) => throw new DivideByZeroException();
    }

    private sealed class RestlessActor : Actor<string>
    {
        protected override bool Work() => true;

        protected override void Receive(in string message)
        {
        }

        protected override void OnFault(Exception exception) => Context.Stop();
    }
}
