using QueryStream.Core.Errors;
using QueryStream.Runtime.Tasks;
using QueryStream.Runtime.Tests.Jobs;

namespace QueryStream.Runtime.Tests.Rows;

public sealed class ExceptionAttributionTests
{
    private readonly ExceptionAttribution _attribution = new();
    private readonly Exception _failure = new TestFailure();

    [Fact]
    public void The_innermost_operator_that_has_not_left_is_named_with_its_position()
    {
        _attribution.Enter(new Part("outer", () => "at row 1"));
        _attribution.Enter(new Part("inner", () => "at row 2"));
        (string name, Exception cause) = _attribution.Attribute(_failure, "head");
        Assert.Equal("inner", name);
        Assert.Equal("at row 2", Assert.IsType<RowFailedException>(cause).Position);
        Assert.Same(_failure, cause.InnerException);
    }

    [Fact]
    public void After_the_inner_operator_has_left_its_caller_is_named()
    {
        _attribution.Enter(new Part("outer", () => null));
        _attribution.Run(new Part("inner", () => "at row 2"), () => { });
        Assert.Equal(("outer", _failure), _attribution.Attribute(_failure, "head"));
    }

    [Fact]
    public void Where_no_operator_runs_the_head_is_named()
    {
        _attribution.Leave(_attribution.Enter(new Part("operator", () => "at row 1")));
        Assert.Equal(("head", _failure), _attribution.Attribute(_failure, "head"));
    }

    [Fact]
    public void An_operator_that_throws_stays_entered_also_in_Run()
    {
        Assert.Throws<TestFailure>(() => _attribution.Run(new Part("operator", () => null), () => throw _failure));
        Assert.Equal(("operator", _failure), _attribution.Attribute(_failure, "head"));
    }

    [Fact]
    public void A_position_that_cannot_be_described_does_not_hide_the_first_exception()
    {
        _attribution.Enter(new Part("operator", () => throw new InvalidOperationException("no text")));
        (string name, Exception cause) = _attribution.Attribute(_failure, "head");
        Assert.Equal("operator", name);
        Assert.Same(_failure, cause.InnerException);
        Assert.Equal("at a row that cannot be described: InvalidOperationException: no text", ((RowFailedException)cause).Position);
    }

    [Fact]
    public void An_exception_of_external_work_names_its_operator()
    {
        _attribution.Enter(new Part("running", () => "at row 1"));
        Assert.Equal(("sink", _failure), _attribution.Attribute(new OperatorFailure("sink", _failure), "head"));
    }

    private sealed class Part(string name, Func<string?> position) : IAttributable
    {
        public string Name => name;

        public string? DescribePosition() => position();
    }
}
