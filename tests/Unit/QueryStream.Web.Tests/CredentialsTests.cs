using System.Text;
using QueryStream.Core.Errors;
using QueryStream.Web.Access;

namespace QueryStream.Web.Tests;

/// <summary>Which secrets and sessions are accepted.</summary>
public sealed class CredentialsTests : IDisposable
{
    private static readonly DateTimeOffset Now = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private readonly string _file = Path.GetTempFileName();

    public void Dispose() => File.Delete(_file);

    [Fact]
    public void The_token_is_accepted_and_another_is_not()
    {
        Credentials credentials = new(new WebOptions { Token = "long-enough" });
        Assert.True(credentials.AreShownBy("Bearer long-enough"));
        Assert.False(credentials.AreShownBy("Bearer long-enougH"));
        Assert.False(credentials.AreShownBy("Basic long-enough"));
        Assert.False(credentials.AreShownBy(""));
    }

    [Fact]
    public void User_and_password_of_the_file_are_accepted()
    {
        File.WriteAllText(_file, "ann:s3cret:with colon\n");
        Credentials credentials = new(new WebOptions { PasswordFile = _file });
        Assert.True(credentials.AreShownBy($"Basic {Convert.ToBase64String(Encoding.UTF8.GetBytes("ann:s3cret:with colon"))}"));
        Assert.False(credentials.AreShownBy($"Basic {Convert.ToBase64String(Encoding.UTF8.GetBytes("bob:s3cret:with colon"))}"));
        Assert.False(credentials.AreShownBy("Basic not base64"));
        Assert.False(credentials.AreShownBy("Bearer "));
    }

    [Fact]
    public void Without_secrets_nothing_is_a_session() =>
        Assert.False(new Credentials(new WebOptions()).IsSession(new Credentials(new WebOptions()).BeginSession(Now), Now));

    [Fact]
    public void A_session_holds_at_another_coordinator_with_the_same_token_until_it_ends()
    {
        string session = new Credentials(new WebOptions { Token = "long-enough" }).BeginSession(Now);
        Credentials other = new(new WebOptions { Token = "long-enough" });
        Assert.True(other.IsSession(session, Now.AddHours(11)));
        Assert.False(other.IsSession(session, Now.AddHours(13)));
        Assert.False(new Credentials(new WebOptions { Token = "another-one" }).IsSession(session, Now));
    }

    [Fact]
    public void A_session_cannot_be_prolonged()
    {
        Credentials credentials = new(new WebOptions { Token = "long-enough" });
        string session = credentials.BeginSession(Now);
        Assert.False(credentials.IsSession($"9{session}", Now));
        Assert.False(credentials.IsSession("", Now));
        Assert.False(credentials.IsSession(".", Now));
    }

    [Theory]
    [InlineData("")]
    [InlineData("nobody")]
    [InlineData(":password")]
    [InlineData("user:")]
    public void A_file_without_user_and_password_is_refused(string text)
    {
        File.WriteAllText(_file, text);
        SettingException e = Assert.Throws<SettingException>(() => new Credentials(new WebOptions { PasswordFile = _file }));
        Assert.Contains("USER:PASSWORD", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_that_is_missing_is_refused() =>
        Assert.Throws<SettingException>(() => new Credentials(new WebOptions { PasswordFile = "/no/such/file" }));
}
