using Microsoft.Playwright;

namespace QueryStream.Browser.Tests;

/// <summary>Every button that changes something.</summary>
public sealed class ActionTests
{
    [BrowserFact]
    public async Task A_job_is_rescaled_saved_stopped_and_started_again_and_cancelled_after_it_was_said_what_will_happen()
    {
        await using UiCluster cluster = await UiCluster.StartAsync();
        await using BrowserPage browser = await BrowserPage.OpenAsync(cluster.Cluster.Coordinator);
        IPage page = browser.Page;
        await browser.GoAsync($"/ui/jobs/{cluster.Job}");

        await page.ClickAsync("text=Rescale");
        await browser.ShowsAsync("[role=dialog]", "restarts from it at the new parallelism");
        await browser.CheckAsync("rescale");
        await page.FillAsync("[role=dialog] input", "9");
        await page.ClickAsync("[role=dialog] >> text='Rescale'");
        await browser.ShowsAsync("[role=dialog] [role=alert]", "too few");
        await page.FillAsync("[role=dialog] input", "3");
        await page.ClickAsync("[role=dialog] >> text='Rescale'");
        await cluster.Cluster.UntilAsync(
            "the job to run at 3",
            $"/jobs/{cluster.Job}",
            job => (int)job["querystream"]!["parallelism"]! == 3 && (string)job["state"]! == "RUNNING");
        await browser.ShowsAsync(".job-head .tasks-total", "6");

        await page.ClickAsync("text='Savepoint'");
        await page.ClickAsync("text=Take savepoint");
        await browser.ShowsAsync(".mud-snackbar", "is complete");
        Assert.NotEmpty(Directory.GetDirectories(cluster.Savepoints));

        await page.ClickAsync("text=Cancel job");
        await browser.ShowsAsync("[role=dialog]", "Its checkpoints are deleted");
        await page.ClickAsync("text=Go back");
        await page.ClickAsync("text=Stop with savepoint");
        await browser.ShowsAsync("[role=dialog]", "A job can be started from the savepoint later");
        await page.ClickAsync("text=Stop job");
        await browser.ShowsAsync(".job-head .pill", "FINISHED");

        await page.ClickAsync("text=Completed jobs");
        await browser.ShowsAsync("tbody", "Numbering");
        Assert.Empty(browser.Faults);
    }

    [BrowserFact]
    public async Task A_job_is_cancelled_and_a_worker_leaves()
    {
        await using UiCluster cluster = await UiCluster.StartAsync();
        await using BrowserPage browser = await BrowserPage.OpenAsync(cluster.Cluster.Coordinator);
        IPage page = browser.Page;
        await browser.GoAsync($"/ui/jobs/{cluster.Job}");
        await page.ClickAsync("text=Cancel job");
        await page.ClickAsync("[role=dialog] >> text='Cancel job'");
        await browser.ShowsAsync(".job-head .pill", "CANCELED");

        await browser.GoAsync("/ui/cluster");
        await page.ClickAsync("[aria-label='Leave: worker-2']");
        await browser.ShowsAsync("[role=dialog]", "hands its tasks over");
        await page.ClickAsync("[role=dialog] >> text='Leave'");
        await cluster.Cluster.RegisteredAsync("worker-1");
        await Assertions.Expect(page.Locator("tbody >> text=worker-2")).ToHaveCountAsync(
            0, new LocatorAssertionsToHaveCountOptions { Timeout = 60_000 });
        Assert.Empty(browser.Faults);
    }

    [BrowserFact]
    public async Task The_theme_is_kept_by_the_browser()
    {
        await using UiCluster cluster = await UiCluster.StartAsync();
        await using BrowserPage browser = await BrowserPage.OpenAsync(cluster.Cluster.Coordinator);
        await browser.GoAsync("/ui/");
        await browser.Page.ClickAsync("[aria-label='Use dark colors']");
        await Assertions.Expect(browser.Page.Locator("html")).ToHaveAttributeAsync("data-theme", "dark");
        await browser.GoAsync("/ui/jobs");
        await Assertions.Expect(browser.Page.Locator(".qs.dark")).ToHaveCountAsync(1);
        Assert.Empty(browser.Faults);
    }
}
