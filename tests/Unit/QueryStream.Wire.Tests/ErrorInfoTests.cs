using QueryStream.Core.Errors;
using QueryStream.Wire.Control;

namespace QueryStream.Wire.Tests;

public sealed class ErrorInfoTests
{
    public static TheoryData<QueryStreamException> ErrorsThatCallersDecideBy =>
    [
        new JobDefinitionException("Job 'x' has no source.", new InvalidOperationException("inner")),
        new SettingException("lateness", "'5' is not a duration."),
        new ServiceUnavailableException("Kafka", "localhost:9092", "Kafka not available at localhost:9092", new TimeoutException("t")),
        new ServiceRefusedException("Kafka", "There is no topic 'x'."),
        new DeploymentRefusedException("Worker w has no slot 7."),
    ];

    [Theory]
    [MemberData(nameof(ErrorsThatCallersDecideBy))]
    public void An_error_that_callers_decide_by_comes_out_as_it_was(QueryStreamException original)
    {
        QueryStreamException copy = ErrorInfo.From(original).ToException();

        Assert.IsType(original.GetType(), copy);
        Assert.Equal(original.Message, copy.Message);
        Assert.Equal(original.InnerException?.Message, copy.InnerException?.Message);
    }

    [Fact]
    public void The_service_the_address_and_the_setting_come_along()
    {
        ServiceUnavailableException service = Assert.IsType<ServiceUnavailableException>(
            ErrorInfo.From(new ServiceUnavailableException("Redis", "h:1", "message")).ToException());
        Assert.Equal(("Redis", "h:1"), (service.Service, service.Address));
        Assert.Equal(
            "Kafka", Assert.IsType<ServiceRefusedException>(ErrorInfo.From(new ServiceRefusedException("Kafka", "m")).ToException()).Service);
        SettingException setting = Assert.IsType<SettingException>(ErrorInfo.From(new SettingException("ttl", "is off.")).ToException());
        Assert.Equal(("ttl", "is off."), (setting.Setting, setting.Problem));
    }

    [Fact]
    public void Any_other_exception_keeps_its_type_name_message_stack_and_causes()
    {
        Exception thrown = Thrown();

        RemoteException copy = Assert.IsType<RemoteException>(ErrorInfo.From(thrown).ToException());

        Assert.Equal("FormatException", copy.TypeName);
        Assert.Equal("outer", copy.Message);
        Assert.Contains(nameof(Thrown), copy.StackTrace, StringComparison.Ordinal);
        Assert.Equal("DivideByZeroException", Assert.IsType<RemoteException>(copy.InnerException).TypeName);
    }

    [Fact]
    public void What_travels_twice_is_still_called_by_its_first_name()
    {
        QueryStreamException once = ErrorInfo.From(Thrown()).ToException();

        Assert.Equal("FormatException", Assert.IsType<RemoteException>(ErrorInfo.From(once).ToException()).TypeName);
    }

    [Fact]
    public void A_failed_task_names_the_type_that_was_thrown_where_it_ran()
    {
        TaskFailedException failure = new("Map", 1, 4, ErrorInfo.From(Thrown()).ToException());

        Assert.Equal("Map (2/4) failed: FormatException: outer", failure.Message);
    }

    private static Exception Thrown()
    {
        try
        {
            throw new FormatException("outer", new DivideByZeroException("inner"));
        }
        catch (FormatException e)
        {
            return e;
        }
    }
}
