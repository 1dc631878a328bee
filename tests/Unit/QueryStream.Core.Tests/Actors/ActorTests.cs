using QueryStream.Core.Actors;
using QueryStream.TestKit;

namespace QueryStream.Core.Tests.Actors;

public sealed class ActorTests : IDisposable
{
    private readonly SimulatedExecutor _executor = new();

    public void Dispose() => _executor.Dispose();

    [Fact]
    public void An_actor_is_started_once_before_its_first_message()
    {
        ProbeActor probe = new();
        ActorRef<string> actor = _executor.Start("probe", probe);
        actor.Tell("a");
        actor.Tell("b");
        _executor.RunUntilIdle();
        actor.Tell("c");
        _executor.RunUntilIdle();
        Assert.Equal(["start", "a", "b", "c"], probe.Log);
        Assert.Equal("probe", actor.Name);
        Assert.False(actor.Stopped.IsCompleted);
    }

    [Fact]
    public void An_actor_without_messages_is_started_too()
    {
        ProbeActor probe = new();
        _executor.Start("probe", probe);
        _executor.RunUntilIdle();
        Assert.Equal(["start"], probe.Log);
    }

    [Fact]
    public void An_actor_that_was_not_started_has_no_context() =>
        Assert.Contains(nameof(ProbeActor), Assert.Throws<InvalidOperationException>(() => new ProbeActor().Cell).Message, StringComparison.Ordinal);

    [Fact]
    public void Messages_of_one_sender_keep_their_order_over_many_turns()
    {
        ProbeActor probe = new();
        ActorRef<string> actor = _executor.Start("probe", probe);
        string[] messages = [.. Enumerable.Range(0, 1000).Select(i => $"{i}")];
        foreach (string message in messages)
        {
            actor.Tell(message);
        }

        _executor.RunUntilIdle();
        Assert.Equal(messages, probe.Log.Skip(1));
        Assert.True(_executor.Steps > 10, "one turn took all messages: others would have to wait");
    }

    [Fact]
    public void A_message_to_oneself_comes_after_those_that_wait()
    {
        ProbeActor probe = new() { OnMessage = (self, message) => { if (message == "a") { self.Cell.Tell("self"); } } };
        ActorRef<string> actor = _executor.Start("probe", probe);
        actor.Tell("a");
        actor.Tell("b");
        _executor.RunUntilIdle();
        Assert.Equal(["start", "a", "b", "self"], probe.Log);
    }

    [Fact]
    public void Work_continues_without_messages_until_it_is_done()
    {
        int left = 5;
        ProbeActor probe = new() { OnWork = _ => --left > 0 };
        _executor.Start("probe", probe);
        _executor.RunUntilIdle();
        Assert.Equal(0, left);
    }

    [Fact]
    public void Messages_are_handled_between_portions_of_work()
    {
        int portions = 0;
        ProbeActor probe = new() { OnWork = self => { self.Log.Add($"work {++portions}"); return portions < 3; } };
        ActorRef<string> actor = _executor.Start("probe", probe);
        _executor.RunOne();
        actor.Tell("a");
        _executor.RunUntilIdle();
        Assert.Equal(["start", "work 1", "a", "work 2", "work 3"], probe.Log);
    }

    [Fact]
    public void A_message_that_throws_is_reported_and_the_next_ones_are_handled()
    {
        ProbeActor probe = new() { OnMessage = (_, message) => ThrowIf(message == "bad") };
        ActorRef<string> actor = _executor.Start("probe", probe);
        actor.Tell("bad");
        actor.Tell("good");
        _executor.RunUntilIdle();
        Assert.Equal(["start", "bad", "fault bad", "good"], probe.Log);
        Assert.False(actor.Stopped.IsCompleted);
    }

    [Fact]
    public void Work_is_still_done_after_a_message_throws()
    {
        int left = 2;
        ProbeActor probe = new() { OnMessage = (_, _) => ThrowIf(true), OnWork = _ => left > 0 && --left > 0 };
        ActorRef<string> actor = _executor.Start("probe", probe);
        _executor.RunOne();
        Assert.Equal(1, left);
        actor.Tell("bad");
        _executor.RunUntilIdle();
        Assert.Equal(0, left);
    }

    [Fact]
    public void Work_that_throws_is_reported_and_not_retried_by_itself()
    {
        int tries = 0;
        ProbeActor probe = new() { OnWork = _ => { tries++; ThrowIf(true); return true; } };
        ActorRef<string> actor = _executor.Start("probe", probe);
        _executor.RunUntilIdle();
        Assert.Equal(1, tries);
        actor.Tell("again");
        _executor.RunUntilIdle();
        Assert.Equal(2, tries);
        Assert.Equal(["start", "fault bad", "again", "fault bad"], probe.Log);
    }

    [Fact]
    public void A_start_that_throws_is_reported()
    {
        ProbeActor probe = new() { Starting = _ => ThrowIf(true), Faulting = (self, _) => self.Cell.Stop() };
        ActorRef<string> actor = _executor.Start("probe", probe);
        actor.Tell("a");
        _executor.RunUntilIdle();
        Assert.Equal(["start", "fault bad", "stop", "dropped a"], probe.Log);
        Assert.True(actor.Stopped.IsCompletedSuccessfully);
    }

    [Fact]
    public void An_actor_stops_after_the_message_that_stops_it_and_drops_the_rest()
    {
        ProbeActor probe = new() { OnMessage = (self, message) => { if (message == "end") { self.Cell.Stop(); } } };
        ActorRef<string> actor = _executor.Start("probe", probe);
        actor.Tell("a");
        actor.Tell("end");
        actor.Tell("b");
        actor.Tell("c");
        _executor.RunUntilIdle();
        Assert.Equal(["start", "a", "end", "stop", "dropped b", "dropped c"], probe.Log);
        Assert.True(actor.Stopped.IsCompletedSuccessfully);
    }

    [Fact]
    public void A_message_to_a_stopped_actor_is_dropped()
    {
        ProbeActor probe = new() { Starting = self => self.Cell.Stop() };
        ActorRef<string> actor = _executor.Start("probe", probe);
        _executor.RunUntilIdle();
        actor.Tell("late");
        _executor.RunUntilIdle();
        Assert.Equal(["start", "stop", "dropped late"], probe.Log);
    }

    [Fact]
    public void All_messages_are_dropped_before_Stopped_completes()
    {
        ActorRef<string>? actor = null;
        List<bool> known = [];
        ProbeActor probe = new() { Starting = self => self.Cell.Stop(), Dropping = _ => known.Add(actor!.Stopped.IsCompleted) };
        actor = _executor.Start("probe", probe);
        actor.Tell("a");
        actor.Tell("b");
        _executor.RunUntilIdle();
        Assert.Equal([false, false], known);
        Assert.True(actor.Stopped.IsCompletedSuccessfully);
    }

    [Fact]
    public void An_actor_stops_even_if_OnStop_throws()
    {
        ProbeActor probe = new() { Starting = self => self.Cell.Stop(), Stopping = _ => ThrowIf(true) };
        ActorRef<string> actor = _executor.Start("probe", probe);
        _executor.RunUntilIdle();
        Assert.Equal(["start", "stop", "fault bad"], probe.Log);
        Assert.True(actor.Stopped.IsCompletedSuccessfully);
    }

    [Fact]
    public void A_stopped_actor_does_no_more_work()
    {
        int portions = 0;
        ProbeActor probe = new() { OnWork = self => { portions++; self.Cell.Stop(); return true; } };
        ActorRef<string> actor = _executor.Start("probe", probe);
        _executor.RunUntilIdle();
        actor.Tell("late");
        _executor.RunUntilIdle();
        Assert.Equal(1, portions);
    }

    [Fact]
    public void An_actor_whose_OnFault_throws_is_a_defect_and_stops()
    {
        ProbeActor probe = new() { OnMessage = (_, _) => ThrowIf(true), Faulting = (_, _) => throw new NotSupportedException("worse") };
        ActorRef<string> actor = _executor.Start("probe", probe);
        actor.Tell("a");
        AggregateException defect = Assert.Throws<AggregateException>(_executor.RunUntilIdle);
        Assert.Contains("probe", defect.ToString(), StringComparison.Ordinal);
        Assert.Contains("bad", defect.ToString(), StringComparison.Ordinal);
        Assert.Contains("worse", defect.ToString(), StringComparison.Ordinal);
        Assert.True(actor.Stopped.IsCompletedSuccessfully);
    }

    [Fact]
    public void A_failed_drop_is_a_defect_and_the_rest_is_dropped()
    {
        ProbeActor probe = new() { Starting = self => self.Cell.Stop(), Dropping = message => ThrowIf(message == "a") };
        ActorRef<string> actor = _executor.Start("probe", probe);
        actor.Tell("a");
        actor.Tell("b");
        Assert.Throws<AggregateException>(_executor.RunUntilIdle);
        Assert.Equal(["start", "stop", "dropped a", "dropped b"], probe.Log);
        Assert.True(actor.Stopped.IsCompletedSuccessfully);
    }

    [Fact]
    public void A_timer_sends_its_message_at_its_time_and_once()
    {
        ProbeActor probe = new() { Starting = self => self.Cell.After(TimeSpan.FromSeconds(2), "tick") };
        _executor.Start("probe", probe);
        _executor.Advance(TimeSpan.FromSeconds(1.999));
        Assert.Equal(["start"], probe.Log);
        _executor.Advance(TimeSpan.FromSeconds(0.001));
        Assert.Equal(["start", "tick"], probe.Log);
        _executor.Advance(TimeSpan.FromSeconds(10));
        Assert.Equal(["start", "tick"], probe.Log);
    }

    [Fact]
    public void A_cancelled_timer_sends_nothing()
    {
        ITimer? timer = null;
        ProbeActor probe = new() { Starting = self => timer = self.Cell.After(TimeSpan.FromSeconds(1), "tick") };
        _executor.Start("probe", probe);
        _executor.RunUntilIdle();
        timer!.Dispose();
        _executor.Advance(TimeSpan.FromSeconds(2));
        Assert.Equal(["start"], probe.Log);
    }

    [Fact]
    public void The_outcome_of_io_arrives_as_a_message()
    {
        TaskCompletionSource good = new();
        ProbeActor probe = new()
        {
            Starting = self =>
            {
                self.Cell.Start(_ => good.Task, failure => $"good: {failure?.Message ?? "done"}");
                self.Cell.Start(_ => Task.FromException(new NotSupportedException("no")), failure => $"bad: {failure?.Message ?? "done"}");
            },
        };
        _executor.Start("probe", probe);
        _executor.RunUntilIdle();
        Assert.Equal(["start", "bad: no"], probe.Log);
        good.SetResult();
        _executor.RunUntilIdle();
        Assert.Equal(["start", "bad: no", "good: done"], probe.Log);
    }

    [Fact]
    public void Identities_are_new_and_follow_from_the_seed()
    {
        using SimulatedExecutor same = new(_executor.Seed);
        UInt128 first = _executor.NewId();
        Assert.NotEqual(first, _executor.NewId());
        Assert.Equal(first, same.NewId());
    }

    private static void ThrowIf(bool condition)
    {
        if (condition)
        {
            throw new NotSupportedException("bad");
        }
    }
}
