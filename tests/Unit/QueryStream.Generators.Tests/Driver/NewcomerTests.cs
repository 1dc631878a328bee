using System.Collections.Immutable;
using System.Globalization;
using Microsoft.CodeAnalysis;

namespace QueryStream.Generators.Tests.Driver;

/// <summary>Typical mistakes of newcomers are reported at their location, with the right API.</summary>
public sealed class NewcomerTests
{
    private const string Usings = """
        using System;
        using System.Collections.Generic;
        using System.Linq;
        using System.Threading;
        using System.Threading.Tasks;
        using QueryStream.Streams;
        using QueryStream.Streams.Functions;
        using QueryStream.Streams.State;
        using QueryStream.Streams.Windows;

        """;

    private const string Job = Usings + """
        public static class Job
        {
            private static int _total;

            public static void Define(Stream<long> rows, KeyedStream<long, long> keyed)
            {
                BODY
            }
        }
        public sealed class Own : ProcessFunction<long, long>
        {
            public override void Process(in long row, ProcessContext<long> context) => context.Emit(row);
        }
        """;

    [Theory]
    [InlineData("rows.FlatMap<long>([|async (row, emit) => { await Task.Delay(5); }|]);")]
    [InlineData("rows.Map([|async row => { await Task.Delay(5); return row; }|]);")]
    [InlineData("rows.Map([|row => Task.FromResult(row)|]);")]
    [InlineData("rows.Map([|Ask|]); static async Task<long> Ask(long row) { await Task.Yield(); return row; }")]
    [InlineData("rows.Filter([|row => { Tell(row); return true; }|]); static async void Tell(long row) => await Task.Yield();", 0)]
    [InlineData("rows.MapAsync(async (row, stop) => { await Task.Delay(5, stop); return row; }, name: \"x\");", 0)]
    public Task An_asynchronous_function_is_an_error_that_names_MapAsync(string body, int errors = 1) =>
        ExpectAsync("QS2002", body, errors, "Use MapAsync", isError: true);

    [Theory]
    [InlineData("rows.FlatMap<long>((row, emit) => Task.Run(() => [|emit|](row)));")]
    [InlineData("rows.FlatMap<long>((row, emit) => new Thread(() => [|emit|](row)).Start());")]
    [InlineData("rows.FlatMap<long>((row, emit) => new List<long> { row }.ForEach(other => emit(other)));", 0)]
    public Task An_emit_function_that_another_thread_uses_is_an_error(string body, int errors = 1) =>
        ExpectAsync("QS2003", body, errors, "'emit' is valid only during the call", isError: true);

    [Fact]
    public async Task A_context_that_a_task_uses_later_is_an_error()
    {
        Diagnostic error = Assert.Single(await AnalyzeAsync(Usings + """
            public sealed class Forget : KeyedProcessFunction<long, long, long>
            {
                public override void Open(KeyedStateContext state) { }

                public override void Process(in long row, KeyedContext<long, long> context)
                {
                    long copy = row;
                    _ = Task.Run(async () =>
                    {
                        await Task.Delay(20);
                        [|context|].Emit(copy);
                    });
                }
            }
            """));
        Assert.Equal(("QS2003", DiagnosticSeverity.Error), (error.Id, error.Severity));
    }

    [Fact]
    public async Task An_asynchronous_override_is_an_error()
    {
        Diagnostic error = Assert.Single(await AnalyzeAsync(Usings + """
            public sealed class Forget : ProcessFunction<long, long>
            {
                public override void Process(in long row, ProcessContext<long> context) { }

                public override async void [|OnEnd|](ProcessContext<long> context) => await Task.Yield();
            }
            """), diagnostic => diagnostic.Id == "QS2002");
        Assert.Equal(DiagnosticSeverity.Error, error.Severity);
    }

    [Theory]
    [InlineData("int count = 0; rows.Map(row => [|count|]++);")]
    [InlineData("int count = 0; rows.Filter(row => { [|count|] += 1; return true; });")]
    [InlineData("rows.Map(row => ++[|_total|]);")]
    [InlineData("HashSet<long> seen = []; rows.Filter(row => [|seen|].Add(row));")]
    [InlineData("Dictionary<long, int> counts = []; rows.Map(row => [|counts|][row] = 1);")]
    [InlineData("long[] sums = new long[1]; rows.Map(row => [|sums|][0] += row);")]
    [InlineData("rows.Map(row => { int count = 0; count++; return count; });", 0)]
    [InlineData("int limit = 5; rows.Filter(row => row > limit);", 0)]
    [InlineData("HashSet<long> wanted = [1]; rows.Filter(row => wanted.Contains(row));", 0)]
    [InlineData("int streams = 0; new List<int> { 1 }.ForEach(one => streams++);", 0)]
    public Task A_captured_variable_that_changes_is_a_warning(string body, int warnings = 1) =>
        ExpectAsync("QS2005", body, warnings, "Use a Process function with state", isError: false);

    [Theory]
    [InlineData("Own shared = new(); rows.Process(() => [|shared|], \"x\");")]
    [InlineData("rows.Process(() => new Own(), \"x\");", 0)]
    public Task One_function_for_all_subtasks_is_a_warning(string body, int warnings = 1) =>
        ExpectAsync("QS2006", body, warnings, "'() => new …'", isError: false);

    [Theory]
    [InlineData("private long [|_count|]; PROCESS { _count++; }")]
    [InlineData("public long [|Count|] { get; set; } PROCESS { Count += row; }")]
    [InlineData("private readonly Dictionary<long, int> [|_counts|] = []; PROCESS { _counts[row] = 1; }")]
    [InlineData("private readonly List<long> [|_rows|] = []; PROCESS { Keep(row); } private void Keep(long row) => _rows.Add(row);")]
    [InlineData("private readonly List<long> _scratch = []; PROCESS { _scratch.Clear(); _scratch.Add(row); }", 0)]
    [InlineData(
        "private ValueState<long> _sum = null!; public override void Open(KeyedStateContext state) { _sum = state.Value<long>(\"sum\"); "
        + "} PROCESS { _sum.Value += row; }",
        0)]
    [InlineData("private readonly long _limit; public Counter() => _limit = 5; PROCESS { context.Emit(_limit); }", 0)]
    public async Task A_field_that_a_function_changes_is_a_warning(string members, int warnings = 1)
    {
        string source = $$"""
            public sealed class Counter : KeyedProcessFunction<long, long, long>
            {
                {{members.Replace("PROCESS", "public override void Process(in long row, KeyedContext<long, long> context)", StringComparison.Ordinal)}}
                {{(members.Contains("Open(", StringComparison.Ordinal) ? "" : "public override void Open(KeyedStateContext state) { }")}}
            }
            """;
        ImmutableArray<Diagnostic> reported = await AnalyzeAsync(Usings + source);
        Assert.Equal(Enumerable.Repeat(("QS2004", DiagnosticSeverity.Warning), warnings), reported.Select(one => (one.Id, one.Severity)));
    }

    [Theory]
    [InlineData("rows.[|Where|](row => row > 1);", "Use Filter")]
    [InlineData("rows.[|Select|](row => row + 1);", "Use Map")]
    [InlineData("rows.[|SelectMany|](row => new[] { row });", "Use FlatMap")]
    [InlineData("rows.[|GroupBy|](row => row);", "Use KeyBy")]
    [InlineData("long n = rows.[|Count|]();", "Aggregate(rows => rows.Count())")]
    [InlineData("long n = rows.KeyBy(row => row).[|Count|]();", "Aggregate(rows => rows.Count())")]
    [InlineData("long n = keyed.Window(Tumbling.Of(TimeSpan.FromSeconds(1))).[|Count|]();", "Aggregate(rows => rows.Count())")]
    [InlineData("long n = rows.[|Sum|](row => row);", "Aggregate")]
    [InlineData("rows.[|Distinct|]();", "no end")]
    [InlineData("rows.[|OrderBy|](row => row);", "no end")]
    [InlineData("_ = from row in rows [|where row > 1|] select row;", "Use Filter")]
    public void A_name_of_LINQ_is_an_error_that_says_the_name_of_streams(string body, string remedy)
    {
        Compiled compiled = Compiled.From(Job.Replace("BODY", body, StringComparison.Ordinal));
        Diagnostic error = Assert.Single(compiled.Complaints, complaint => complaint.Severity == DiagnosticSeverity.Error);
        Assert.Equal("CS0619", error.Id);
        Assert.Contains(remedy, error.GetMessage(CultureInfo.InvariantCulture), StringComparison.Ordinal);
        Assert.True(
            error.Location.SourceSpan.Contains(compiled.Marked!.Value.Start) || compiled.Marked.Value.Contains(error.Location.SourceSpan.Start));
    }

    private static async Task ExpectAsync(string id, string body, int count, string message, bool isError)
    {
        Compiled compiled = Compiled.From(Job.Replace("BODY", body, StringComparison.Ordinal));
        Assert.DoesNotContain(compiled.Complaints, complaint => complaint.Severity == DiagnosticSeverity.Error);
        Diagnostic[] reported =
            [.. (await compiled.AnalyzeAsync()).Where(one => one.Id.StartsWith("QS200", StringComparison.Ordinal) && one.Id != "QS2001")];
        Assert.Equal(count, reported.Length);
        Assert.All(reported, one =>
        {
            Assert.Equal((id, isError ? DiagnosticSeverity.Error : DiagnosticSeverity.Warning), (one.Id, one.Severity));
            Assert.Equal(compiled.Marked, one.Location.SourceSpan);
            Assert.Contains(message, one.GetMessage(CultureInfo.InvariantCulture), StringComparison.Ordinal);
        });
    }

    private static async Task<ImmutableArray<Diagnostic>> AnalyzeAsync(string source)
    {
        Compiled compiled = Compiled.From(source);
        Assert.DoesNotContain(compiled.Complaints, complaint => complaint.Severity == DiagnosticSeverity.Error);
        ImmutableArray<Diagnostic> reported = await compiled.AnalyzeAsync();
        Assert.All(reported, one => Assert.Equal(compiled.Marked, one.Location.SourceSpan));
        return reported;
    }
}
