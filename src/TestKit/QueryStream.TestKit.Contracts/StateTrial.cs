using QueryStream.Checkpoints.Snapshots;
using QueryStream.Core;
using QueryStream.Core.Texts;
using QueryStream.Core.Time;
using QueryStream.Streams.Aggregates;
using QueryStream.Streams.State;
using Xunit;

namespace QueryStream.TestKit.Contracts;

/// <summary>Random operations on state and on a model of dictionaries, with snapshots restored at other parallelisms.</summary>
internal sealed class StateTrial(Func<int, int, StateBackend<CollidingKey>> open, ulong seed)
{
    private const int KeyCount = 60;
    private static readonly int[] Parallelisms = [1, 4, 3];

    private readonly SeededRandom _random = new(seed);
    private readonly StateTtl? _ttl = (seed % 3) switch
    {
        0 => null,
        1 => StateTtl.OnCreate(TimeSpan.FromMilliseconds(400)),
        _ => StateTtl.OnWrite(TimeSpan.FromMilliseconds(400)),
    };

    private readonly Dictionary<CollidingKey, StateModelKey> _model = [];
    private readonly HashSet<(long Time, int Key)> _timers = [];
    private StateTrialSubtask[] _subtasks = [];
    private long _now = 1_000_000;

    public void Run()
    {
        foreach (int parallelism in Parallelisms)
        {
            Restore(parallelism);
            AssertAll();
            for (int step = _random.Next(600); step >= 0; step--)
            {
                Step();
            }

            AssertAll();
        }
    }

    private void Restore(int parallelism)
    {
        StateSnapshot[] snapshots = [.. _subtasks.SelectMany(subtask => subtask.Backend.Snapshot())];
        _subtasks = [.. Enumerable.Range(0, parallelism).Select(subtask => new StateTrialSubtask(open(subtask, parallelism), _ttl))];
        foreach (StateTrialSubtask subtask in _subtasks)
        {
            subtask.Backend.Now = new EventTime(_now);
            subtask.Backend.Restore(snapshots);
        }
    }

    private void Step()
    {
        switch (_random.Next(40))
        {
            case 0:
                _now += _random.Next(200);
                Array.ForEach(_subtasks, subtask => subtask.Backend.Now = new EventTime(_now));
                break;
            case 1:
                Array.ForEach(_subtasks, subtask => subtask.Backend.Sweep());
                break;
            case 2:
                AssertTimers(_random.Next(1_000));
                break;
            default:
                Change(new CollidingKey(_random.Next(KeyCount)));
                break;
        }
    }

    private void Change(CollidingKey key)
    {
        StateTrialSubtask subtask = SubtaskOf(key);
        StateModelKey model = ModelOf(key);
        subtask.Backend.Select(key);
        for (int i = _random.Next(3); i >= 0; i--)
        {
            Change(subtask, model, key);
        }

        model.AssertEquals(_now, subtask);
        subtask.Backend.Release();
    }

    private void Change(StateTrialSubtask subtask, StateModelKey model, CollidingKey key)
    {
        long number = _random.Next(8);
        Text text = number == 0 ? default : Text.From(new string('t', (int)number - 1));
        (long Time, int Key) timer = (_random.Next(1_000), key.Number);
        long[] numbers = [.. Enumerable.Range(0, (int)number)];
        Action change = _random.Next(12) switch
        {
            0 => Both(() => model.Set(_now, text), () => subtask.Value.Value = text),
            1 => Both(() => model.ClearValue(), () => subtask.Value.Clear()),
            2 or 3 => Both(() => model.Append(_now, number), () => subtask.List.Add(number)),
            4 => Both(() => model.Replace(_now, numbers), () => subtask.List.Replace(numbers)),
            5 or 6 => Both(() => model.Put(_now, text, number), () => subtask.Map.Set(text, number)),
            7 => () => Assert.Equal(model.Remove(_now, text), subtask.Map.Remove(text)),
            8 => Both(() => model.ClearMap(), () => subtask.Map.Clear()),
            9 => Both(() => model.Sum(_now, number), () => subtask.Sum.Add(number)),
            10 => Both(() => model.ClearSum(), () => subtask.Sum.Clear()),
            _ when number < 5 => Both(() => _timers.Add(timer), () => subtask.Backend.SetTimer(key, new EventTime(timer.Time))),
            _ => Both(() => _timers.Remove(timer), () => subtask.Backend.DeleteTimer(key, new EventTime(timer.Time))),
        };
        change();
    }

    private static Action Both(Action one, Action other) => one + other;

    private void AssertAll()
    {
        for (int number = 0; number < KeyCount; number++)
        {
            CollidingKey key = new(number);
            foreach (StateTrialSubtask subtask in _subtasks)
            {
                subtask.Backend.Select(key);
                (subtask.Backend.Owns(key) ? ModelOf(key) : new StateModelKey(null)).AssertEquals(_now, subtask);
                subtask.Backend.Release();
            }
        }
    }

    private void AssertTimers(long until)
    {
        List<(long Time, int Key)> taken = [];
        foreach (StateTrialSubtask subtask in _subtasks)
        {
            IReadOnlyList<(CollidingKey Key, EventTime Time)> due = subtask.Backend.TakeTimers(new EventTime(until));
            Assert.Equal(due.Select(timer => timer.Time).Order(), due.Select(timer => timer.Time));
            Assert.All(due, timer => Assert.True(subtask.Backend.Owns(timer.Key), $"{timer} belongs to another subtask."));
            taken.AddRange(due.Select(timer => (timer.Time.Milliseconds, timer.Key.Number)));
        }

        Assert.Equal(_timers.Where(timer => timer.Time <= until).Order(), taken.Order());
        _timers.RemoveWhere(timer => timer.Time <= until);
    }

    private StateTrialSubtask SubtaskOf(CollidingKey key) => _subtasks.Single(subtask => subtask.Backend.Owns(key));

    private StateModelKey ModelOf(CollidingKey key)
    {
        if (!_model.TryGetValue(key, out StateModelKey? model))
        {
            _model.Add(key, model = new StateModelKey(_ttl));
        }

        return model;
    }
}

/// <summary>A subtask with one state of each kind.</summary>
internal sealed class StateTrialSubtask(StateBackend<CollidingKey> backend, StateTtl? ttl)
{
    public StateBackend<CollidingKey> Backend => backend;

    public ValueState<Text> Value { get; } = backend.States.Value<Text>("value", ttl);

    public ListState<long> List { get; } = backend.States.List<long>("list", ttl);

    public MapState<Text, long> Map { get; } = backend.States.Map<Text, long>("map", ttl);

    public AggregatingState<long, long?> Sum { get; } = backend.States.Aggregating("sum", default(AggregateBuilder<long>).Sum(n => (long?)n), ttl);
}
