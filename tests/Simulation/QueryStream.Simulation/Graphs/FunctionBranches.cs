using System.Text;
using QueryStream.Core;
using QueryStream.Core.Time;
using QueryStream.Simulation.Services;
using QueryStream.Streams;
using QueryStream.Streams.Aggregates;
using QueryStream.Streams.Functions;

namespace QueryStream.Simulation.Graphs;

/// <summary>Functions with state and timers, side outputs, broadcasts and calls of an external system.</summary>
internal static class FunctionBranches
{
    /// <summary>Rows through exchanges of all kinds, a stream united with itself, and a side output.</summary>
    public static Branch Exchanges(SeededRandom random)
    {
        _ = random;
        return new Branch(
            "exchanges",
            inputs =>
            {
                ProcessStream<string> split = inputs.Left.PartitionBy((row, subtasks) => (int)(row.Id % subtasks))
                    .FlatMap<long>((row, emit) =>
                    {
                        emit(row.Id);
                        emit(-row.Id);
                    })
                    .Rebalance().Process(() => new Split(), inputs.Name);
                Stream<string> both = split.Union(split.Side(Split.Negative));
                return both.Union(both.Filter(line => line.EndsWith('7')).Map(line => $"again {line}"));
            },
            rows => rows.Left.SelectMany(row => new[] { $"{row.Id}", $"side {row.Id}" })
                .SelectMany(line => line.EndsWith('7') ? new[] { line, $"again {line}" } : [line]))
        {
            Covers = static (_, _) => true,
        };
    }

    /// <summary>The number of the rows of each key so far, over both inputs.</summary>
    public static Branch Counting(SeededRandom random)
    {
        _ = random;
        return new Branch(
            "counting",
            inputs => inputs.Left.KeyBy(row => row.Key).Connect(inputs.Right.KeyBy(row => row.Key)).Process(() => new Counter(), inputs.Name),
            rows => rows.Left.Concat(rows.Right).GroupBy(row => row.Key)
                .SelectMany(key => Enumerable.Range(1, key.Count()).Select(count => $"{key.Key}={count}")))
        {
            Covers = Lines.IsAtLeast,
        };
    }

    /// <summary>Rows that are held in operator state until there are enough.</summary>
    public static Branch Buffer(SeededRandom random)
    {
        int size = 2 + random.Next(60);
        return new Branch(
            $"buffer of {size}",
            inputs => inputs.Left.Rebalance().Connect(inputs.Right).Process(() => new Buffering(size), inputs.Name),
            rows => rows.Left.Select(row => $"left {row.Id}").Concat(rows.Right.Select(row => $"right {row.Id}")))
        {
            Covers = static (_, _) => true,
        };
    }

    /// <summary>Timers in event time that count what came before them.</summary>
    public static Branch Timers(SeededRandom random)
    {
        long size = 200 + random.Next(3_000);
        return new Branch(
            $"timers every {size}",
            inputs => inputs.Left.KeyBy(row => row.Key).Process(() => new TimerCounts(size), inputs.Name),
            rows => Oracles.WindowOracle.Tumbling(rows.Left, size).Select(window => $"{window.Key} {window.End}={window.Rows.Count}"))
        {
            Covers = Lines.IsAtLeast,
        };
    }

    /// <summary>A timer of the clock for each row.</summary>
    public static Branch ClockTimers(SeededRandom random)
    {
        int delay = 200 + random.Next(3_000);
        return new Branch(
            $"clock timers after {delay}",
            inputs => inputs.Left.KeyBy(row => row.Id).Process(() => new ClockReminder(delay), inputs.Name),
            rows => rows.Left.Select(row => $"{row.Id}"))
        {
            NeedsClock = true,
        };
    }

    /// <summary>A function that throws for some rows, which become dead letters.</summary>
    public static Branch Errors(SeededRandom random)
    {
        int every = 2 + random.Next(20);
        return new Branch(
            $"errors at every {every}",
            inputs =>
            {
                OperatorStream<string> lines = inputs.Left.Map(row => row.Id)
                    .Map(id => id % every == 0 ? throw new FormatException("A simulated row is refused.") : $"{id}")
                    .OnError(ErrorPolicy.DeadLetter);
                return lines.Union(lines.Errors.Map(letter => $"refused {Encoding.UTF8.GetString(letter.Value!)}"));
            },
            rows => rows.Left.Select(row => row.Id % every == 0 ? $"refused {row.Id}" : $"{row.Id}"))
        {
            Covers = static (_, _) => true,
        };
    }

    /// <summary>At the end of event time, each key says how many rows it has had and how many keys were broadcast.</summary>
    public static Branch Broadcast(SeededRandom random)
    {
        _ = random;
        return new Branch(
            "broadcast",
            inputs => inputs.Left.KeyBy(row => row.Key).Connect(inputs.Right.Broadcast()).Process(() => new Remembering(), inputs.Name),
            rows => rows.Left.GroupBy(row => row.Key)
                .Select(key => $"{key.Key}={key.Count()} of {rows.Right.Select(row => row.Key).Distinct().Count()}"))
        {
            Covers = Lines.IsAtLeast,
        };
    }

    /// <summary>Answers of an external system, which come in any order or only at a later attempt.</summary>
    public static Branch Calls(SeededRandom random)
    {
        AsyncOptions options = new()
        {
            IsOrdered = random.Next(2) == 0,
            InFlight = 20 + random.Next(60),
            Retries = 20,
            RetryDelay = TimeSpan.FromTicks(random.Next(200) * TimeSpan.TicksPerMillisecond),
            Timeout = null,
        };
        return new Branch(
            $"{(options.IsOrdered ? "ordered" : "unordered")} calls, {options.InFlight} at once",
            inputs => inputs.Left.Map(row => row.Id)
                .MapAsync<string>(async (id, stop) => $"{id}={await inputs.Service.AskAsync(id, stop).ConfigureAwait(false)}", options, inputs.Name),
            rows => rows.Left.Select(row => $"{row.Id}={AsyncService.AnswerTo(row.Id)}"))
        {
            Covers = static (expected, found) => expected == found,
        };
    }

    private sealed class Split : ProcessFunction<long, string>
    {
        public static readonly SideOutput<string> Negative = new("negative");

        public override void Process(in long row, ProcessContext<string> context)
        {
            if (row < 0)
            {
                context.Emit(Negative, $"side {-row}");
            }
            else
            {
                context.Emit($"{row}");
            }
        }
    }

    private sealed class Counter : KeyedCoProcessFunction<int, Event, Event, string>
    {
        private Streams.State.AggregatingState<Event, long> _count = null!;

        public override void Open(Streams.State.KeyedStateContext state) =>
            _count = state.Aggregating("count", default(AggregateBuilder<Event>).Count());

        public override void ProcessLeft(in Event row, KeyedContext<int, string> context) => Count(row, context);

        public override void ProcessRight(in Event row, KeyedContext<int, string> context) => Count(row, context);

        private void Count(in Event row, KeyedContext<int, string> context)
        {
            _count.Add(row);
            context.Emit($"{context.Key}={_count.Result}");
        }
    }

    private sealed class Buffering(int size) : CoProcessFunction<Event, Event, string>
    {
        private Streams.State.OperatorListState<string> _held = null!;

        public override void Open(Streams.State.OperatorStateContext state) => _held = state.List<string>("held");

        public override void ProcessLeft(in Event row, ProcessContext<string> context) => Hold($"left {row.Id}", context);

        public override void ProcessRight(in Event row, ProcessContext<string> context) => Hold($"right {row.Id}", context);

        public override void OnEnd(ProcessContext<string> context) => EmitAll(context);

        private void Hold(string line, ProcessContext<string> context)
        {
            _held.Add(line);
            if (_held.Values.Length >= size)
            {
                EmitAll(context);
            }
        }

        private void EmitAll(ProcessContext<string> context)
        {
            foreach (string line in _held.Values)
            {
                context.Emit(line);
            }

            _held.Replace([]);
        }
    }

    private sealed class TimerCounts(long size) : KeyedProcessFunction<int, Event, string>
    {
        private Streams.State.MapState<long, int> _counts = null!;

        public override void Open(Streams.State.KeyedStateContext state) => _counts = state.Map<long, int>("counts");

        public override void Process(in Event row, KeyedContext<int, string> context)
        {
            long end = Oracles.WindowOracle.Floor(row.Time, size) + size;
            _counts.Set(end, _counts.TryGet(end, out int before) ? before + 1 : 1);
            context.SetTimer(new EventTime(end - 1));
        }

        public override void OnTimer(EventTime time, TimeDomain domain, KeyedContext<int, string> context)
        {
            long end = time.Milliseconds + 1;
            context.Emit($"{context.Key} {end}={(_counts.TryGet(end, out int count) ? count : 0)}");
            _counts.Remove(end);
        }
    }

    private sealed class ClockReminder(int delay) : KeyedProcessFunction<long, Event, string>
    {
        private Streams.State.ValueState<bool> _isSet = null!;

        public override void Open(Streams.State.KeyedStateContext state) => _isSet = state.Value<bool>("is set");

        public override void Process(in Event row, KeyedContext<long, string> context)
        {
            _isSet.Value = true;
            context.SetProcessingTimeTimer(context.ProcessingTime.Add(delay));
        }

        public override void OnTimer(EventTime time, TimeDomain domain, KeyedContext<long, string> context)
        {
            context.Emit(_isSet.HasValue ? $"{context.Key}" : $"{context.Key} fired twice");
            _isSet.Clear();
        }
    }

    private sealed class Remembering : KeyedBroadcastProcessFunction<int, Event, Event, string>
    {
        private Streams.State.ValueState<int> _count = null!;
        private Streams.State.BroadcastState<int, long> _keys = null!;

        public override void Open(Streams.State.KeyedStateContext keyed, Streams.State.BroadcastStateContext broadcast)
        {
            _count = keyed.Value<int>("count");
            _keys = broadcast.Broadcast<int, long>("keys");
        }

        public override void Process(in Event row, KeyedContext<int, string> context)
        {
            _count.Value++;
            context.SetTimer(EventTime.MaxValue);
        }

        public override void ProcessBroadcast(in Event row, ProcessContext<string> context) => _keys.Set(row.Key, row.Id);

        public override void OnTimer(EventTime time, TimeDomain domain, KeyedContext<int, string> context) =>
            context.Emit($"{context.Key}={_count.Value} of {_keys.Count}");
    }
}
