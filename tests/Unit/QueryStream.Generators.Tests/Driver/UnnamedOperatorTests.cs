using System.Collections.Immutable;
using System.Globalization;
using Microsoft.CodeAnalysis;

namespace QueryStream.Generators.Tests.Driver;

/// <summary>A stateful operator without a name is a warning at the call.</summary>
public sealed class UnnamedOperatorTests
{
    private const string Api = """
        using System;
        using QueryStream.Streams;
        public sealed class Rows
        {
            [StatefulOperator] public Rows Process(Func<int> function, string? name = null) => this;
            [StatefulOperator] public Rows Reduce() => this;
            public Rows Map() => this;
            public Windowed Window() => new();
            public Rows Named(string name) => this;
        }
        public sealed class Windowed
        {
            public Windowed Lateness() => this;
            public Windowed Named(string name) => this;
            [StatefulOperator] public Rows Aggregate<T>(T aggregate) => new();
        }
        public static class Extensions
        {
            [StatefulOperator] public static Rows Join(this Rows rows, Rows other, string? name = null) => rows;
            [StatefulOperator] public static Rows Distinct(this Rows rows) => rows;
        }
        public static class Job
        {
            public static void Define(Rows rows, Windowed given)
            {
                BODY
            }
        }
        """;

    [Theory]
    [InlineData("rows.[|Process|](() => 1);", "the argument 'name'")]
    [InlineData("rows.[|Process|](() => 1, null);", "the argument 'name'")]
    [InlineData("rows.Map().[|Reduce|]().Map().Named(\"x\");", ".Named")]
    [InlineData("rows.Named(\"x\").Map().[|Reduce|]();", ".Named")]
    [InlineData("rows.Window().Lateness().[|Aggregate|](1);", ".Named")]
    [InlineData("rows.Named(\"x\").Window().[|Aggregate|](1);", ".Named")]
    [InlineData("Windowed windows = rows.Window().Lateness(); windows.[|Aggregate|](1);", ".Named")]
    [InlineData("rows.[|Join|](rows);", "the argument 'name'")]
    [InlineData("rows.[|Distinct|]().Map();", ".Named")]
    public async Task A_call_without_a_name_is_a_warning_at_the_call(string body, string remedy)
    {
        Compiled compiled = Compiled.From(Api.Replace("BODY", body, StringComparison.Ordinal));
        Assert.Empty(compiled.Complaints);
        Diagnostic warning = Assert.Single(await compiled.AnalyzeAsync());
        Assert.Equal(("QS2001", DiagnosticSeverity.Warning), (warning.Id, warning.Severity));
        Assert.Equal(compiled.Marked, warning.Location.SourceSpan);
        Assert.Contains(remedy, warning.GetMessage(CultureInfo.InvariantCulture), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("rows.Process(() => 1, \"x\");")]
    [InlineData("rows.Process(name: rows.ToString(), function: () => 1);")]
    [InlineData("rows.Process(() => 1).Named(\"x\").Map();")]
    [InlineData("rows.Reduce().Named(\"x\");")]
    [InlineData("rows.Window().Named(\"x\").Lateness().Aggregate(1);")]
    [InlineData("rows.Window().Lateness().Named(\"x\").Aggregate(1);")]
    [InlineData("Windowed windows = rows.Window().Named(\"x\"); windows.Aggregate(1).Map();")]
    [InlineData("given.Aggregate(1);")]
    [InlineData("rows.Join(rows, \"x\");")]
    [InlineData("rows.Distinct().Named(\"x\");")]
    [InlineData("rows.Map();")]
    public async Task A_call_with_a_name_gives_no_warning(string body)
    {
        ImmutableArray<Diagnostic> warnings = await Compiled.From(Api.Replace("BODY", body, StringComparison.Ordinal)).AnalyzeAsync();
        Assert.Empty(warnings);
    }

    [Fact]
    public async Task A_method_of_the_job_may_have_given_the_name()
    {
        Compiled compiled = Compiled.From("""
            using System;
            using QueryStream.Streams;
            using QueryStream.Streams.Windows;
            public static class Job
            {
                public static void Define(Stream<long> rows) => Minutes(rows).Aggregate(all => all.Count());

                private static WindowedStream<long, long> Minutes(Stream<long> rows) =>
                    rows.KeyBy(row => row).Window(Tumbling.Of(TimeSpan.FromMinutes(1))).Named("minutes");
            }
            """);
        Assert.Empty(compiled.Complaints);
        Assert.Empty(await compiled.AnalyzeAsync());
    }

    [Fact]
    public async Task The_API_itself_is_marked()
    {
        Compiled compiled = Compiled.From("""
            using System;
            using QueryStream.Streams;
            using QueryStream.Streams.Windows;
            public static class Job
            {
                public static void Define(Stream<long> rows) =>
                    rows.KeyBy(row => row).Window(Tumbling.Of(TimeSpan.FromSeconds(1))).[|Aggregate|](all => all.Count());
            }
            """);
        Assert.Empty(compiled.Complaints);
        Diagnostic warning = Assert.Single(await compiled.AnalyzeAsync());
        Assert.Equal(compiled.Marked, warning.Location.SourceSpan);
    }
}
